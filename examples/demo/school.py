"""The school's side: passport, staff, lists, invitations, paper, hand-in and release."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from examples.demo.calls import Caller, sign_in
from examples.demo.people import Guardian, Pupil, read_desk
from gateway.cli.invented import ZONE

PROGRAMME = "mesh-2020"
SHORT_NAME = "МБОУ СОШ № 28"
PASSPORT = {
    "legal_name": "Муниципальное бюджетное общеобразовательное учреждение"
    " «Средняя общеобразовательная школа № 28»",
    "address": "681000, г. Комсомольск-на-Амуре, ул. Школьная, д. 28",
    "inn": "2700000000",
    "ogrn": "1022700000000",
    "phone": "+7 4212 00-00-28",
    "instruction_no": "28-ОП",
    "act_no": "28-УЗ",
}


@dataclass
class School:
    """A school in the service and those of its workers who are signed in."""

    id: str
    registrar: Caller = field(repr=False)
    director: Caller = field(repr=False)
    tutors: dict[str, Caller] = field(repr=False)
    collection_id: str = ""
    class_ids: dict[str, str] = field(default_factory=dict)

    @property
    def _collection(self) -> str:
        return f"/v1/school/collections/{self.collection_id}"

    def open_collection(self, opens_on: date, deadline_on: date) -> None:
        told = self.registrar.post(
            "/v1/school/collections",
            {
                "programme": PROGRAMME,
                "opens_on": opens_on.isoformat(),
                "deadline_on": deadline_on.isoformat(),
            },
        )
        self.collection_id = told["collection_id"]

    def state_enrolment(self, headcounts: Mapping[str, int], order_on: date) -> None:
        """How many pupils each class has by the school's order."""
        for number, (name, headcount) in enumerate(headcounts.items(), start=1):
            told = self.registrar.put(
                f"{self._collection}/enrolments",
                {
                    "class": name,
                    "headcount": headcount,
                    "order_no": f"{number}-к",
                    "order_on": order_on.isoformat(),
                },
            )
            self.class_ids[name] = told["class_id"]

    def upload(self, name: str, content: bytes) -> str:
        """Number of the new import; nothing counts before its commit."""
        told = self.registrar.upload(f"{self._collection}/imports", name, content)
        return str(told["import_id"])

    def review(self, import_id: str) -> dict[str, Any]:
        return dict(self.registrar.get(f"/v1/school/imports/{import_id}/review"))

    def commit(self, import_id: str, digest: str) -> dict[str, Any]:
        return dict(
            self.registrar.post(f"/v1/school/imports/{import_id}/commit", {"digest": digest})
        )

    def cancel(self, import_id: str) -> None:
        self.registrar.delete(f"/v1/school/imports/{import_id}")

    def pupils(self) -> list[Pupil]:
        """Everybody on the list, from the class desks."""
        return [
            pupil
            for name, class_id in self.class_ids.items()
            for pupil in read_desk(
                class_id, name, self.registrar.get(f"{self._collection}/classes/{class_id}")
            )
        ]

    def record_agreements(self, person_ids: Sequence[str], number: str, signed_on: date) -> None:
        """Agreements on simple e-signature: one sheet, many signatures."""
        self.registrar.post(
            "/v1/school/agreements",
            {
                "person_ids": list(person_ids),
                "number": number,
                "signed_on": signed_on.isoformat(),
            },
        )

    def record_authority(self, guardian: Guardian, today: date) -> None:
        """The act by which a guardian was appointed."""
        self.registrar.post(
            f"/v1/school/guardianships/{guardian.link_id}/authority",
            {
                "kind": "акт органа опеки и попечительства",
                "number": "28-оп",
                "issued_on": (today - timedelta(days=400)).isoformat(),
                "issuer": "Отдел опеки и попечительства по г. Комсомольску-на-Амуре",
            },
        )

    def invite(self) -> dict[str, Any]:
        return dict(self.registrar.post(f"{self._collection}/invitations"))

    def record_paper(
        self, pupil: Pupil, ask_id: str, decision: str, signed_on: date, details: object
    ) -> dict[str, Any]:
        """The tutor of the class enters what came on paper."""
        return dict(
            self.tutors[pupil.class_name].post(
                f"/v1/school/asks/{ask_id}/paper-answer",
                {"decision": decision, "signed_on": signed_on.isoformat(), "details": details},
            )
        )

    def record_attempt(self, pupil: Pupil, made_on: date, channel: str) -> None:
        self.tutors[pupil.class_name].post(
            f"/v1/school/pupils/{pupil.id}/attempts",
            {"made_on": made_on.isoformat(), "channel": channel},
        )

    def propose_leaving_out(self, pupil: Pupil, reason: str) -> None:
        self.registrar.post(f"{self._collection}/pupils/{pupil.id}/leaving-out", {"reason": reason})

    def confirm_leaving_out(self, pupil: Pupil, by: Caller) -> None:
        by.post(f"{self._collection}/pupils/{pupil.id}/leaving-out/confirmation")

    def hand_in(self, class_name: str) -> None:
        self.tutors[class_name].post(
            f"{self._collection}/classes/{self.class_ids[class_name]}/hand-in"
        )

    def readiness(self) -> dict[str, Any]:
        return dict(self.director.get(f"{self._collection}/readiness"))

    def prepare(self) -> dict[str, Any]:
        return dict(self.registrar.post(f"{self._collection}/releases"))

    def approve(self, release: Mapping[str, Any], by: Caller) -> dict[str, Any]:
        return dict(
            by.post(
                f"/v1/school/releases/{release['release_id']}/approval",
                {"set_digest": release["set_digest"]},
            )
        )

    def move_deadline(self, deadline_on: date) -> None:
        self.registrar.put(f"{self._collection}/deadline", {"deadline_on": deadline_on.isoformat()})

    def bundles(self) -> list[dict[str, Any]]:
        return list(self.director.get("/v1/school/bundles")["bundles"])


def found_school(
    http: httpx.Client, admin: Caller, class_names: Sequence[str], today: date
) -> School:
    """A school with its passport, a registrar, a director and a tutor for every class."""
    school_id = admin.post("/v1/admin/schools", {"short_name": SHORT_NAME, "zone": ZONE})[
        "school_id"
    ]
    signed_on = (today - timedelta(days=60)).isoformat()
    admin.put(
        f"/v1/admin/schools/{school_id}/passport",
        {**PASSPORT, "instruction_on": signed_on, "act_on": signed_on},
    )

    def hire(login: str, role: str, *classes: str) -> Caller:
        password = secrets.token_urlsafe(18)
        admin.post(
            "/v1/admin/staff",
            {
                "login": login,
                "password": password,
                "role": role,
                "school_id": school_id,
                "classes": list(classes),
            },
        )
        return sign_in(http, login, password)

    jobs: list[tuple[str, ...]] = [("registrar28", "registrar"), ("director28", "director")]
    jobs += [(f"tutor28-{n}", "tutor", name) for n, name in enumerate(class_names, start=1)]
    with ThreadPoolExecutor(4) as pool:
        registrar, director, *tutors = pool.map(lambda job: hire(*job), jobs)
    return School(school_id, registrar, director, dict(zip(class_names, tutors, strict=True)))
