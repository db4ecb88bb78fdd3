"""Schools of a running service, set up over HTTP; names of their people are hard to show."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import httpx

from examples.demo.calls import Caller, sign_in
from examples.demo.families import Families
from examples.demo.outbox import Outbox
from examples.demo.people import Person, Pupil, signers
from examples.demo.phone import Phone
from examples.demo.school import PASSPORT, PROGRAMME, School
from examples.demo.stage import Stage
from gateway.cli.invented import ZONE
from tests.factories import a_snils
from tests.town import HEADER, platform_jwks

CLASS = "7А"
OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Someone:
    """An invented person of a class list. `number`: of phone, address and SNILS."""

    number: int
    family_name: str
    given_name: str
    patronymic: str
    born: date

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name} {self.patronymic}"

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    @property
    def phone(self) -> str:
        return f"+7900{self.number:07d}"

    @property
    def snils(self) -> str:
        return a_snils(self.number)


@dataclass(frozen=True, slots=True)
class Child:
    """A row of a class list."""

    who: Someone
    guardians: tuple[Someone, ...]
    class_name: str = CLASS

    def cells(self) -> list[str]:
        who = self.who
        cells = [self.class_name, who.family_name, who.given_name, who.patronymic]
        cells += [f"{who.born:%d.%m.%Y}", who.snils, who.email, who.phone]
        for guardian in self.guardians:
            cells += [guardian.name, "мать", f"{guardian.born:%d.%m.%Y}"]
            cells += [guardian.snils, guardian.email, guardian.phone]
        return cells


def list_of(children: Iterable[Child]) -> bytes:
    """A class list; Windows-1251 has not all of the letters."""
    lines = (";".join(child.cells()) for child in children)
    return "\n".join([HEADER, *lines]).encode("utf-8-sig")


# Children do not grow past the age at which they are asked.
YEAR = datetime.now(ZoneInfo(ZONE)).year
MOTHER = Someone(7101, "О'Нил-Ёлкина", "Ҥөөнө", "Ӑтнеровна", date(1985, 5, 7))
OTHER = Someone(7102, "Д'Арк-Өлзиева", "Алёна", "Ҥургуновна", date(1986, 6, 8))
ELDER = Someone(7001, "Ёлкин-О'Нил", "Өлзий", "Ҥургунович", date(YEAR - 12, 3, 8))
YOUNGER = Someone(7002, "Ёлкин-О'Нил", "Ӑтнер", "Ҥургунович", date(YEAR - 11, 4, 9))
STRANGER = Someone(7003, "Д'Арк", "Семён", "Юрьевич", date(YEAR - 12, 9, 1))
TEEN = Someone(7004, "Д'Арк", "Ҥөрүүнэ", "Юрьевна", date(YEAR - 15, 1, 1))
THIRD = Someone(7103, "Д'Арк-Ӑсанова", "Өнөр", "Ҥургуновна", date(1987, 7, 9))
TEEN_AND_HER_MOTHER = Child(TEEN, (THIRD,))
FAMILIES = (Child(ELDER, (MOTHER,)), Child(YOUNGER, (MOTHER,)), Child(STRANGER, (OTHER,)))


def living_elsewhere(children: Iterable[Child], by: int) -> tuple[Child, ...]:
    """Namesakes with letterboxes of their own, for another school of the same service."""

    def moved(one: Someone) -> Someone:
        return replace(one, number=one.number + by)

    return tuple(Child(moved(child.who), tuple(map(moved, child.guardians))) for child in children)


def add_platform(admin: Caller) -> None:
    """Whom bundles are encrypted to: once for each service."""
    keys = json.loads(platform_jwks())
    admin.post("/v1/admin/clients", {"name": "platform", "programme": PROGRAMME, "jwks": keys})


@dataclass
class BrowsedSchool:
    """A school whose workers sign in by pages. `number`: one for each school of a service;
    `phones`: of workers who show a second factor, by role.
    """

    stage: Stage
    http: httpx.Client = field(repr=False)
    admin: Caller = field(repr=False)
    number: int
    phones: dict[str, Phone] = field(default_factory=dict, repr=False)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    today: date = field(default_factory=lambda: datetime.now(ZoneInfo(ZONE)).date())
    office: School = field(init=False)

    def __post_init__(self) -> None:
        admin = self.admin
        told = {"short_name": f"Школа № {self.number}", "zone": ZONE}
        school_id = admin.post("/v1/admin/schools", told)["school_id"]
        since = (self.today - timedelta(days=60)).isoformat()
        passport = {**PASSPORT, "instruction_on": since, "act_on": since}
        admin.put(f"/v1/admin/schools/{school_id}/passport", passport)
        for role in ("registrar", "director", "tutor"):
            worker = {"login": self.login(role), "password": self.password, "role": role}
            classes = [CLASS] if role == "tutor" else []
            admin.post("/v1/admin/staff", {**worker, "school_id": school_id, "classes": classes})
        registrar = sign_in(self.http, self.login("registrar"), self.password)
        if registrar.phone is not None:
            self.phones["registrar"] = registrar.phone
        self.office = School(school_id, registrar, registrar, {})
        self.office.open_collection(self.today - OPEN_FOR, self.today + OPEN_FOR)

    def login(self, role: str) -> str:
        return f"{role}-{self.number}"

    def state(self, headcounts: Mapping[str, int]) -> None:
        self.office.state_enrolment(headcounts, self.today - OPEN_FOR)

    def take_in(self, children: Iterable[Child]) -> None:
        """The class list and its headcount; everybody may sign here."""
        listed = list(children)
        self.state({CLASS: len(listed)})
        import_id = self.office.upload("list.csv", list_of(listed))
        self.office.commit(import_id, self.office.review(import_id)["digest"])
        self.agree()

    def agree(self) -> None:
        """Everybody who is asked has signed the agreement on e-signature."""
        asked = list(signers(self.pupils))
        self.office.record_agreements(asked, "12", self.today - timedelta(days=10))

    @cached_property
    def pupils(self) -> list[Pupil]:
        return self.office.pupils()

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.stage.home / "outbox")

    def answer_all(self, said: Mapping[str, str]) -> None:
        """Everybody answers by the API. `said`: what a signer says, by address; else a yes."""
        people = signers(self.pupils)
        everybody: dict[str, Person] = {p.person.id: p.person for p in self.pupils} | people
        self.office.invite()
        families = Families(self.http, self.outbox, self.today, everybody)
        families.answer_all(
            list(people.values()), lambda key: (said.get(everybody[key[1]].email, "given"),)
        )
