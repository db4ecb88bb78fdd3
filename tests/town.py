"""A school at work, built through the actions: staff, collection, class list, families.

Nothing here reaches past the actions, so what a test sees is what the service does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from consent_forms.facts import IdDocument, IdKind
from crypto import canonical, jose
from gateway.actions.add_school import add_school, set_passport
from gateway.actions.add_staff import add_staff
from gateway.actions.answer import answer, show_document, withdraw
from gateway.actions.commit_import import Committed, commit_import
from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.import_roster import import_roster
from gateway.actions.invite import invite
from gateway.actions.issue_token import add_client
from gateway.actions.open_collection import open_collection, state_enrolment
from gateway.actions.personal_document import Details, SigningDetails
from gateway.actions.record_agreement import record_agreements
from gateway.actions.review_import import make_review
from gateway.store.consents import Answer, Ask
from gateway.store.links import FamilySession
from gateway.unit import SYSTEM, Actor, Unit
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.dates import birthday
from policies.facts import Decision, Field, FormKind
from policies.permissions import Role
from tests import snapshots
from tests.factories import a_snils

T = TypeVar("T")
PROGRAMME = "mesh-2020"
HEADER = (
    "Класс;Фамилия;Имя;Отчество;Дата рождения;СНИЛС;Эл. почта;Телефон;"
    "Законный представитель 1: ФИО;Кем приходится;Дата рождения представителя;"
    "СНИЛС представителя;Эл. почта представителя;Телефон представителя;"
    "Законный представитель 2: ФИО;Кем приходится;Дата рождения представителя;"
    "СНИЛС представителя;Эл. почта представителя;Телефон представителя"
)
PASSPORT: dict[str, str | date | None] = {
    "legal_name": "Муниципальное общеобразовательное учреждение «Школа № 28»",
    "address": "680000, г. Хабаровск, ул. Школьная, д. 28",
    "inn": "2700000000",
    "ogrn": "1022700000000",
    "phone": "+74212000028",
    "instruction_no": "14-П",
    "instruction_on": date(2026, 8, 1),
    "act_no": "3",
    "act_on": date(2026, 8, 2),
}
DETAILS = Details(
    "680000, г. Хабаровск, ул. Тихая, д. 7, кв. 5",
    IdDocument(IdKind.PASSPORT, "000000", date(2026, 8, 4), "ОВД г. Хабаровска", "0812"),
)
OF_THE_CHILD = Details(
    DETAILS.address,
    IdDocument(IdKind.BIRTH_CERTIFICATE, "000000", date(2026, 8, 4), "ЗАГС г. Хабаровска", "II-ДВ"),
)
FULL = SigningDetails(DETAILS, OF_THE_CHILD)
# RSA takes a moment to make: one platform for the whole run.
PLATFORM_KEY = rsa.generate_private_key(65537, 3072)
ASSERTION_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Child:
    """A line of a class list. `guardians` at most two numbers of invented people.

    `phones`: numbers of those whose phones the guardians name; empty: their own.
    """

    number: int
    class_name: str = "7А"
    born: date = date(2015, 3, 8)
    guardians: tuple[int, ...] = ()
    relation: str = "мать"
    name: str = "Ева"
    phones: tuple[int, ...] = ()

    def line(self) -> str:
        cells = [
            self.class_name,
            "Ёлкина",
            self.name,
            "Юрьевна",
            f"{self.born:%d.%m.%Y}",
            a_snils(self.number),
            f"person{self.number}@example.org",
            f"+7900{self.number:07d}",
        ]
        for guardian, phone in zip(self.guardians, self.phones or self.guardians, strict=True):
            cells += [
                "Ёлкина Ольга Петровна",
                self.relation,
                "07.05.1985",
                a_snils(guardian),
                f"person{guardian}@example.org",
                f"+7900{phone:07d}",
            ]
        return ";".join(cells)


def class_list(children: Iterable[Child]) -> bytes:
    """A CSV file as a teacher saves it from Excel."""
    return "\n".join([HEADER, *(child.line() for child in children)]).encode("cp1251")


@dataclass
class Town:
    """One school with its people. `staff`: id of the worker by role."""

    wiring: Wiring
    number: int = 28
    school_id: UUID = field(init=False)
    collection_id: UUID = field(init=False)
    staff: dict[Role, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = snapshots.once(self.wiring, ("school", self.number), self._found)
        self.school_id, self.collection_id, staff = known
        self.staff.update(staff)

    def _found(self) -> tuple[UUID, UUID, dict[Role, UUID]]:
        with self.wiring.units.open(SYSTEM) as unit:
            self.school_id = add_school(unit, f"Школа № {self.number}", "Asia/Vladivostok")
            set_passport(unit, self.school_id, PASSPORT)
            for role in (Role.REGISTRAR, Role.DIRECTOR, Role.TUTOR):
                self.staff[role] = add_staff(
                    unit,
                    f"{role.value}-{self.number}",
                    "not a hash",
                    role,
                    self.school_id,
                    class_names=["7А"] if role is Role.TUTOR else [],
                )
            if unit.clients.find(name="platform") is None:
                add_client(unit, "platform", PROGRAMME, platform_jwks())
        today = self.today()
        with self.by(Role.REGISTRAR) as unit:
            self.collection_id = open_collection(
                unit, PROGRAMME, today - timedelta(days=14), today + timedelta(days=14)
            )
        self.work()
        return self.school_id, self.collection_id, dict(self.staff)

    def today(self) -> date:
        return self.wiring.clock().date()

    @contextmanager
    def by(self, role: Role) -> Iterator[Unit]:
        """A unit of that worker of the school."""
        with self.wiring.units.open(Actor(role, self.staff[role], self.school_id)) as unit:
            yield unit

    @contextmanager
    def family(self, signer: UUID) -> Iterator[Unit]:
        with self.wiring.units.open(Actor(Role.FAMILY, signer, self.school_id)) as unit:
            yield unit

    def work(self) -> None:
        """Rounds of the worker until nothing is left to do."""
        rounds = Rounds(self.wiring)
        while rounds.once():
            pass

    def play(self, step: Hashable, play: Callable[[], T]) -> T:
        """A step of this school (`snapshots.once`): its name and what it is told."""
        own = (self.school_id, self.collection_id, sorted(self.staff.items()))
        return snapshots.once(self.wiring, (own, step), play)

    # school

    def import_children(self, children: Iterable[Child]) -> Committed:
        """Upload, review, commit; enrolment of every class is what the list says."""
        listed = list(children)
        return self.play(("import", listed), lambda: self._import(listed))

    def _import(self, listed: list[Child]) -> Committed:
        with self.by(Role.REGISTRAR) as unit:
            import_id = import_roster(unit, self.collection_id, class_list(listed), "7a.csv")
        with self.by(Role.REGISTRAR) as unit:
            digest = make_review(unit, import_id).digest
            done = commit_import(unit, import_id, digest, shrinking_confirmed=True)
        with self.by(Role.REGISTRAR) as unit:
            names = {child.class_name for child in listed}
            for name in names:
                count = sum(1 for child in listed if child.class_name == name)
                state_enrolment(unit, self.collection_id, name, count, "5-у", self.today())
        return done

    def agree_on_signature(self) -> None:
        """Everybody who is asked has an agreement on simple e-signature."""
        self.play("agree", self._agree)

    def _agree(self) -> None:
        with self.by(Role.REGISTRAR) as unit:
            signers = {
                ask.signer_id for ask in unit.consents.list_asks(self.school_id, self.collection_id)
            }
            record_agreements(unit, sorted(signers), "12", self.today())

    def invite(self) -> None:
        with self.by(Role.REGISTRAR) as unit:
            invite(unit, self.collection_id, self.wiring.host.public_url)

    def hand_in(self) -> None:
        self.play("hand in", self._hand_in)

    def _hand_in(self) -> None:
        with self.by(Role.REGISTRAR) as unit:
            classes = list(unit.schools.class_names(self.school_id))
        for class_id in classes:
            with self.by(Role.REGISTRAR) as unit:
                hand_in_class(unit, self.collection_id, class_id)

    # families

    def asks(self) -> list[Ask]:
        with self.by(Role.REGISTRAR) as unit:
            return unit.consents.list_asks(self.school_id, self.collection_id)

    def person(self, number: int) -> UUID:
        """Id of invented person `number`."""
        with self.by(Role.REGISTRAR) as unit:
            token = unit.vault.token(Field.SNILS, a_snils(number), self.school_id)
            found = unit.people.find_by_token(self.school_id, Field.SNILS, token)
        assert found is not None
        return found

    def session(self, signer: UUID) -> FamilySession:
        """What link and code would have opened."""
        with self.by(Role.REGISTRAR) as unit:
            values = unit.people.items(self.school_id, [signer])[signer].values
            return FamilySession(
                self.school_id,
                unit.new_id(),
                self.collection_id,
                signer,
                unit.vault.token(Field.EMAIL, values[Field.EMAIL], self.school_id),
                unit.vault.token(Field.PHONE, values[Field.PHONE], self.school_id),
            )

    def ask_of(self, signer: UUID, form: FormKind, subject: UUID | None = None) -> Ask:
        return next(
            ask
            for ask in self.asks()
            if ask.signer_id == signer
            and ask.form is form
            and (subject is None or ask.subject_id == subject)
        )

    def answer(self, ask: Ask, decision: Decision = Decision.GIVEN) -> Answer:
        """Read the document, then answer under its digest."""
        session = self.session(ask.signer_id)
        told = self.papers(ask) if decision is Decision.GIVEN else SigningDetails()
        host, keys = self.wiring.host, self.wiring.signing_keys
        with self.family(ask.signer_id) as unit:
            digest = show_document(unit, session, ask.id, decision, told, host).digest
        with self.family(ask.signer_id) as unit:
            return answer(unit, session, ask.id, decision, digest, told, host, keys)

    def papers(self, ask: Ask) -> SigningDetails:
        """What the signer holds in hand: before the passport of 14 years a birth certificate."""
        with self.by(Role.REGISTRAR) as unit:
            born = unit.people.items(self.school_id, [ask.signer_id])[ask.signer_id].birth_date
        has_passport = born is None or birthday(born, 14) <= DETAILS.id_document.issued_on
        return FULL if has_passport else SigningDetails(OF_THE_CHILD)

    def withdraw(self, ask: Ask) -> Answer:
        session = self.session(ask.signer_id)
        with self.family(ask.signer_id) as unit:
            return withdraw(unit, session, ask.id, self.wiring.host, self.wiring.signing_keys)

    def answer_everything(self, decision: Decision = Decision.GIVEN) -> None:
        """Everybody says the same to everything; the worker settles what follows."""
        self.play(("answer", decision), lambda: self._answer_everything(decision))

    def _answer_everything(self, decision: Decision) -> None:
        for ask in self.asks():
            self.answer(ask, decision)
        self.work()

    def ready(self, children: Iterable[Child]) -> None:
        """A school in which everybody has agreed and every class is handed in."""
        listed = list(children)
        self.play(("ready", listed), lambda: self._ready(listed))

    def _ready(self, children: list[Child]) -> None:
        self.import_children(children)
        self.agree_on_signature()
        self.answer_everything()
        self.hand_in()


def platform_jwks() -> str:
    """Public keys of the platform: one to sign assertions, one to encrypt to."""
    keys = [
        {**public.jwk(), "kid": public.kid}
        for public in (
            jose.PublicKey(
                jose.thumbprint(ASSERTION_KEY.public_key()),
                jose.KeyUse.SIG,
                "ES256",
                ASSERTION_KEY.public_key(),
            ),
            jose.PublicKey(
                jose.thumbprint(PLATFORM_KEY.public_key()),
                jose.KeyUse.ENC,
                "RSA-OAEP-256",
                PLATFORM_KEY.public_key(),
            ),
        )
    ]
    return canonical.dumps({"keys": keys}).decode()
