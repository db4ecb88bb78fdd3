"""Families answer over HTTP: link, code, items, address and identity document, document, answer.

Addresses and identity documents are invented here and follow from the person's number in the
list; they belong to nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

from examples.demo.calls import Caller, Refused
from examples.demo.cast import CHILD, OWN_SIGNATURE, Key
from examples.demo.outbox import Outbox
from examples.demo.people import Person

AT_ONCE = 4  # families who answer at the same time; more would only wait for each other

Said = Callable[[Key], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that the service has confirmed. `receipt`: JWS text."""

    key: Key
    decision: str
    id: str
    receipt_no: str
    receipt: str = field(repr=False)


@dataclass(slots=True)
class Sitting:
    """One signer with an open session. `asks`: as the service lists them to the signer."""

    person: Person
    caller: Caller = field(repr=False)
    asks: list[dict[str, Any]] = field(repr=False)
    answers: list[Given] = field(default_factory=list)

    def ask(self, form: str, subject_id: str) -> dict[str, Any]:
        """The ask of that form about that person. Raises KeyError."""
        for ask in self.asks:
            if (ask["form"], ask["subject_id"]) == (form, subject_id):
                return ask
        raise KeyError(form)


@dataclass(frozen=True, slots=True)
class Families:
    """Everybody at home: their post, and what they write into the documents."""

    http: httpx.Client = field(repr=False)
    outbox: Outbox
    today: date
    people: Mapping[str, Person] = field(repr=False)

    def answer_all(self, signers: list[Person], said: Said) -> list[Sitting]:
        """Many families at the same time; the sittings stay open."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda person: self.sit_down(person, said), signers))

    def sit_down(self, person: Person, said: Said) -> Sitting:
        """Open the letter, prove the phone and answer everything that there is an answer to."""
        sitting = self.open_letter(person)
        for ask in sitting.asks:
            for decision in said((ask["form"], person.id, ask["subject_id"])):
                self.answer(sitting, ask, decision)
        return sitting

    def open_letter(
        self, person: Person, before_code: Callable[[str], None] | None = None
    ) -> Sitting:
        """From the letter to a session. `before_code`: what else the holder tries first."""
        visitor = Caller(self.http)
        link = f"/v1/family/links/{self.outbox.link(person.email)}"
        visitor.get(link)
        known = self.outbox.codes_sent(person.phone)
        visitor.post(f"{link}/code")
        code = self.outbox.code(person.phone, known)
        if before_code is not None:
            before_code(link)
        told = visitor.post(f"{link}/session", {"code": code})
        caller = Caller(self.http, told["token"])
        return Sitting(person, caller, caller.get("/v1/family/asks")["asks"])

    def answer(self, sitting: Sitting, ask: Mapping[str, Any], decision: str) -> Given:
        """Check the items, read the document, repeat its digest with the code that names it.

        A document that has changed in between (midnight, a corrected item) is read once more.
        """
        address = f"/v1/family/asks/{ask['id']}"
        sitting.caller.get(f"{address}/items")
        told = {"decision": decision, "details": self.details(sitting.person, ask)}
        for is_last in (False, True):
            document = sitting.caller.post(f"{address}/document", told)
            check_document(document)
            signed = {**told, "digest": document["digest"]}
            try:
                known = self.outbox.codes_sent(sitting.person.phone)
                sitting.caller.post(f"{address}/code", signed)
                code = self.outbox.code(sitting.person.phone, known)
                kept = sitting.caller.post(f"{address}/answer", {**signed, "code": code})
            except Refused as refused:
                if is_last or refused.code != "digest_mismatch":
                    raise
            else:
                return _keep(sitting, ask, decision, kept)
        raise AssertionError("the loop returns or raises")

    def withdraw(self, sitting: Sitting, ask: Mapping[str, Any]) -> Given:
        """Take a consent back; no reason is asked."""
        kept = sitting.caller.post(f"/v1/family/asks/{ask['id']}/withdrawal")
        return _keep(sitting, ask, "withdrawn", kept)

    def details(self, signer: Person, ask: Mapping[str, Any]) -> dict[str, Any]:
        """Address and identity document of the signer, and of the child where it is the subject."""
        told = {"signer": invented_details(signer, self.today)}
        if ask["form"] == CHILD:
            told["child"] = invented_details(self.people[ask["subject_id"]], self.today)
        return told


def _keep(
    sitting: Sitting, ask: Mapping[str, Any], decision: str, kept: Mapping[str, Any]
) -> Given:
    given = Given(
        (ask["form"], sitting.person.id, ask["subject_id"]),
        decision,
        kept["answer_id"],
        kept["receipt_no"],
        kept["receipt"],
    )
    sitting.answers.append(given)
    return given


def check_document(document: Mapping[str, str]) -> None:
    """The digest is that of the page that was shown. Raises ValueError."""
    if hashlib.sha256(document["html"].encode()).hexdigest() != document["digest"]:
        raise ValueError("the digest is not that of the document")


def invented_details(person: Person, today: date) -> dict[str, Any]:
    """The same person always lives at the same address and holds the same paper."""
    number = int.from_bytes(hashlib.sha256(person.items["snils"].encode()).digest()[:4], "big")
    house, flat = number % 97 + 1, number // 97 % 180 + 1
    address = f"681000, г. Комсомольск-на-Амуре, ул. Выдуманная, д. {house}, кв. {flat}"
    if person.age(today) < OWN_SIGNATURE:
        paper = {
            "kind": "birth_certificate",
            "series": "II-ДВ",
            "number": f"{number % 900_000 + 100_000}",
            "issued_by": "Отдел ЗАГС № 1 г. Комсомольска-на-Амуре",
        }
    else:
        paper = {
            "kind": "passport",
            "series": "00 00",
            "number": f"{number % 900_000 + 100_000}",
            "issued_by": "УМВД России по Хабаровскому краю",
            "department_code": "000-000",
        }
    born = date.fromisoformat(person.items["birth_date"])
    years = 0 if person.age(today) < OWN_SIGNATURE else OWN_SIGNATURE
    # Every month has a 28th; three days later nobody gets a paper before it is due.
    first = date(born.year + years, born.month, min(born.day, 28)) + timedelta(days=3)
    issued_on = min(max(first, date(2020, 3, 2)) + timedelta(days=number % 60), today)
    return {"address": address, "id_document": {**paper, "issued_on": issued_on.isoformat()}}
