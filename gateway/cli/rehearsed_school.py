"""One invented school played through the actions: founded, imported, answered, released, pulled.

Nothing here reaches past the actions and the worker's rounds. Letters and messages are built and
then thrown away, for the people they go to do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from consent_forms.facts import IdDocument, IdKind
from crypto import canonical, jose
from gateway.actions.add_school import add_school, set_passport
from gateway.actions.add_staff import add_staff
from gateway.actions.answer import answer, show_document, withdraw
from gateway.actions.approve_release import approve_release
from gateway.actions.commit_import import Committed, commit_import
from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.hand_over import acknowledge, hand_over
from gateway.actions.import_roster import import_roster
from gateway.actions.issue_token import add_client
from gateway.actions.open_collection import open_collection, state_enrolment
from gateway.actions.personal_document import Details, SigningDetails
from gateway.actions.prepare_release import prepare_release
from gateway.actions.record_agreement import record_agreements
from gateway.actions.review_import import review_import
from gateway.actions.seal_bundle import CONTENT_TYPE
from gateway.cli.invented import ZONE, Fate, InventedPupil, InventedSchool
from gateway.messages.mail import MailTransport
from gateway.messages.sms import SmsTransport
from gateway.store.bundles import Bundle
from gateway.store.consents import Ask
from gateway.store.links import FamilySession
from gateway.unit import SYSTEM, Actor, Unit
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.facts import Decision, Field, FormKind
from policies.permissions import Role

PROGRAMME = "mesh-2020"
OPEN_DAYS = 14
PLATFORM = "rehearsal"
_ADDRESS = "680000, г. Хабаровск, ул. Примерная, д. 1"


def papers(ask: Ask, today: date) -> SigningDetails:
    """What everybody shows: a guardian a passport, a pupil of any age a birth certificate."""
    passport = IdDocument(IdKind.PASSPORT, "000000", today, "ОВД", "0800")
    certificate = IdDocument(IdKind.BIRTH_CERTIFICATE, "000000", today, "ЗАГС", "I-ДВ")
    if ask.form is FormKind.PUPIL_OWN:
        return SigningDetails(Details(_ADDRESS, certificate))
    child = Details(_ADDRESS, certificate) if ask.form is FormKind.CHILD else None
    return SigningDetails(Details(_ADDRESS, passport), child)


SENT = frozenset({Fate.AGREES, Fate.WITHDRAWS_LATE})


class Nowhere:
    """Takes letters and short messages, and keeps none."""

    def send(self, *_message: EmailMessage | str) -> None:
        return None


class Stage(Wiring):
    """The collaborators of a rehearsal, and the keys of its platform."""

    @cached_property
    def mail(self) -> MailTransport:
        return Nowhere()

    @cached_property
    def sms(self) -> SmsTransport:
        return Nowhere()

    @cached_property
    def platform_key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 3072)

    def add_platform(self) -> None:
        """Register the platform that bundles are encrypted to."""
        signing = ec.generate_private_key(ec.SECP256R1()).public_key()
        sealing = self.platform_key.public_key()
        keys = [
            jose.PublicKey(jose.thumbprint(signing), jose.KeyUse.SIG, "ES256", signing),
            jose.PublicKey(jose.thumbprint(sealing), jose.KeyUse.ENC, "RSA-OAEP-256", sealing),
        ]
        told = canonical.dumps({"keys": [{**key.jwk(), "kid": key.kid} for key in keys]})
        with self.units.open(SYSTEM) as unit:
            add_client(unit, PLATFORM, PROGRAMME, told.decode())

    @cached_property
    def rounds(self) -> Rounds:
        return Rounds(self)

    def work(self) -> None:
        """Rounds of the worker until nothing is left to do."""
        while self.rounds.once():
            pass


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle as the platform reads it: SNILS of its pupils, and whether its sums add up."""

    bundle: Bundle
    pupils: frozenset[str] = field(repr=False)
    adds_up: bool


@dataclass(frozen=True, slots=True)
class RehearsedSchool:
    """Ids of one school that was founded. Its people are invented anew whenever they are needed."""

    stage: Stage
    school_id: UUID
    collection_id: UUID
    registrar: UUID
    director: UUID

    @classmethod
    def found(
        cls, stage: Stage, number: int, *, deadline_in_days: int = OPEN_DAYS
    ) -> RehearsedSchool:
        """A school with passport, registrar, director and an open collection."""
        with stage.units.open(SYSTEM) as unit:
            school_id = add_school(unit, f"Школа № {number}", ZONE)
            today = unit.schools.get(school_id).today(unit.now)
            set_passport(unit, school_id, _passport(number, today))
            registrar, director = (
                add_staff(unit, f"{role.value}-{number}", "not a hash", role, school_id)
                for role in (Role.REGISTRAR, Role.DIRECTOR)
            )
        with stage.units.open(Actor(Role.REGISTRAR, registrar, school_id)) as unit:
            collection_id = open_collection(
                unit, PROGRAMME, today - timedelta(days=1), today + timedelta(days=deadline_in_days)
            )
        return cls(stage, school_id, collection_id, registrar, director)

    @contextmanager
    def by(self, role: Role) -> Iterator[Unit]:
        """A unit of the school's registrar or director."""
        who = self.director if role is Role.DIRECTOR else self.registrar
        with self.stage.units.open(Actor(role, who, self.school_id)) as unit:
            yield unit

    # class list

    def take_in_file(self, data: bytes, name: str) -> Committed:
        """Upload, review, commit."""
        with self.by(Role.REGISTRAR) as unit:
            import_id = import_roster(unit, self.collection_id, data, name)
        with self.by(Role.REGISTRAR) as unit:
            digest = review_import(unit, import_id).digest
        with self.by(Role.REGISTRAR) as unit:
            return commit_import(unit, import_id, digest)

    def take_in(self, listed: InventedSchool) -> int:
        """The class list and the headcounts; answers how many people are new."""
        done = self.take_in_file(listed.csv(), "list.csv")
        with self.by(Role.REGISTRAR) as unit:
            today = unit.schools.get(self.school_id).today(unit.now)
            for class_name, count in listed.headcounts.items():
                state_enrolment(unit, self.collection_id, class_name, count, "1-к", today)
        return done.added

    def agree_on_signature(self) -> None:
        """Every signer's agreement on simple e-signature, on one sheet."""
        with self.by(Role.REGISTRAR) as unit:
            today = unit.schools.get(self.school_id).today(unit.now)
            asks = unit.consents.list_asks(self.school_id, self.collection_id)
            record_agreements(unit, sorted({ask.signer_id for ask in asks}), "1", today)

    # families

    def answer_all(self, listed: InventedSchool) -> int:
        """Everybody reads every document and answers it as invented; answers how many did."""
        ids, asks = self.people_and_asks()
        said = dict(_said(listed, ids))
        for ask in asks:
            self.answer(ask, said.get((ask.signer_id, ask.subject_id), Decision.GIVEN))
        return len(asks)

    def people_and_asks(self) -> tuple[dict[str, UUID], list[Ask]]:
        """Person by SNILS, and everything that anybody is asked."""
        with self.by(Role.REGISTRAR) as unit:
            items = unit.people.items(self.school_id)
            asks = unit.consents.list_asks(self.school_id, self.collection_id)
        return {each.values[Field.SNILS]: person for person, each in items.items()}, asks

    def answer(self, ask: Ask, decision: Decision) -> None:
        """Read the document, then repeat its digest."""
        host, told = self.stage.host, papers(ask, self.stage.clock().date())
        with self._family(ask.signer_id) as unit:
            session = self.session(unit, ask.signer_id)
            shown = show_document(unit, session, ask.id, decision, told, host)
        keys = self.stage.signing_keys
        with self._family(ask.signer_id) as unit:
            answer(unit, session, ask.id, decision, shown.digest, told, host, keys)

    def withdraw(self, listed: InventedSchool, fate: Fate) -> int:
        """The first representatives of these pupils take back what they gave; answers how many."""
        ids, asks = self.people_and_asks()
        child = {(a.signer_id, a.subject_id): a for a in asks if a.form is FormKind.CHILD}
        done = 0
        for pupil in listed.pupils:
            if pupil.fate is fate:
                ask = child[ids[pupil.guardians[0].snils], ids[pupil.child.snils]]
                with self._family(ask.signer_id) as unit:
                    session = self.session(unit, ask.signer_id)
                    withdraw(unit, session, ask.id, self.stage.host, self.stage.signing_keys)
                done += 1
        return done

    def session(self, unit: Unit, signer: UUID) -> FamilySession:
        """What link and code would have opened."""
        tokens = unit.vault.tokens_of(
            self.school_id, unit.people.items(self.school_id, [signer])[signer]
        )
        return FamilySession(
            self.school_id,
            signer,
            self.collection_id,
            signer,
            tokens[Field.EMAIL],
            tokens[Field.PHONE],
        )

    @contextmanager
    def _family(self, signer: UUID) -> Iterator[Unit]:
        with self.stage.units.open(Actor(Role.FAMILY, signer, self.school_id)) as unit:
            yield unit

    # release

    def hand_in(self) -> None:
        """Every class of the school."""
        with self.by(Role.REGISTRAR) as unit:
            classes = list(unit.schools.class_names(self.school_id))
        for class_id in classes:
            with self.by(Role.REGISTRAR) as unit:
                hand_in_class(unit, self.collection_id, class_id)

    def release(self) -> Bundle:
        """Prepared by the registrar, approved by the director."""
        with self.by(Role.REGISTRAR) as unit:
            made = prepare_release(unit, self.collection_id)
        with self.by(Role.DIRECTOR) as unit:
            return approve_release(unit, made.id, made.set_digest, self.stage.signing_keys)

    def pull(self) -> Opened:
        """The platform takes the newest revision, opens it and acknowledges it."""
        with self.by(Role.REGISTRAR) as unit:
            client = unit.clients.find(name=PLATFORM)
            newest = unit.bundles.last_bundle(self.school_id, self.collection_id)
        if client is None or newest is None:
            raise LookupError("neither a platform nor a bundle")
        actor = Actor(Role.PLATFORM, client.id)
        with self.stage.units.open(actor) as unit:
            bundle, content = hand_over(unit, client, newest.id)
        with self.stage.units.open(actor) as unit:
            acknowledge(unit, client, bundle.id, bundle.digest, unit.now)
        return self._opened(bundle, content)

    def recalled(self) -> set[UUID]:
        """People whom the platform is asked to destroy."""
        with self.by(Role.REGISTRAR) as unit:
            return {
                person
                for bundle in unit.bundles.list_bundles(self.school_id)
                for person in unit.bundles.recalled(self.school_id, bundle.id)
            }

    def _opened(self, bundle: Bundle, content: bytes) -> Opened:
        key = self.stage.platform_key
        kid = jose.thumbprint(key.public_key())
        signed = jose.decrypt(content.decode(), {kid: key}, CONTENT_TYPE)
        document = canonical.loads(
            jose.read_bundle(signed.decode(), self.stage.signing_keys.public("evidence"))
        )
        if not isinstance(document, dict):
            raise TypeError("a bundle is an object")
        pupils = frozenset(pupil["items"][Field.SNILS] for pupil in document["pupils"])
        classes = document["counts"]["classes"]
        adds_up = (
            len(pupils) == document["counts"]["pupils"] == sum(c["handed_over"] for c in classes)
        ) and all(c["enrolled"] == c["handed_over"] + c["paper_diary"] for c in classes)
        return Opened(bundle, pupils, adds_up)


def _said(
    listed: InventedSchool, ids: dict[str, UUID]
) -> Iterator[tuple[tuple[UUID, UUID], Decision]]:
    """Every no: (signer, subject) of a child's document that is refused."""
    for pupil in listed.pupils:
        for who in _against(pupil):
            yield (ids[who], ids[pupil.child.snils]), Decision.REFUSED


def _against(pupil: InventedPupil) -> list[str]:
    """SNILS of the representatives who refuse."""
    if pupil.fate is Fate.REFUSES:
        return [guardian.snils for guardian in pupil.guardians]
    return [pupil.guardians[-1].snils] if pupil.fate is Fate.DISPUTES else []


def _passport(number: int, today: date) -> dict[str, str | date | None]:
    return {
        "legal_name": f"Муниципальное общеобразовательное учреждение «Школа № {number}»",
        "address": f"680000, г. Хабаровск, ул. Примерная, д. {number}",
        "inn": "2700000000",
        "ogrn": "1022700000000",
        "phone": "+74212000000",
        "instruction_no": f"{number}-П",
        "instruction_on": today - timedelta(days=30),
        "act_no": str(number),
        "act_on": today - timedelta(days=30),
    }
