"""Frozen values that the rules are told: people, answers, claims and marks of one school.

Nothing here decides. A personal value never shows in `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID


class Field(StrEnum):
    """The items of personal data that a registry record may hold (policies/fields.py: form)."""

    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    PATRONYMIC = "patronymic"
    BIRTH_DATE = "birth_date"
    SNILS = "snils"
    EMAIL = "email"
    PHONE = "phone"


class Absence(StrEnum):
    """Why an item has no value. A programme says which absence it accepts, and for whom."""

    NONE_BY_LAW = "none_by_law"  # a person without a patronymic
    NOT_ISSUED = "not_issued"
    FOREIGN = "foreign"
    NO_DEVICE = "no_device"
    NO_EMAIL = "no_email"


class GuardianKind(StrEnum):
    """Legal representative. All but PARENT act by an authority document."""

    PARENT = "parent"
    ADOPTER = "adopter"
    GUARDIAN = "guardian"  # опекун, ward under 14
    TRUSTEE = "trustee"  # попечитель, ward 14-17
    INSTITUTION = "institution"


class Decision(StrEnum):
    """What one answer says. Answers are only ever added; the latest one counts."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # was given, the family takes it back
    INVALIDATED = "invalidated"  # the entry was wrong: as if it had never been made
    REVOKED = "revoked"  # authority of the signer was found missing
    EXPIRED = "expired"


class EvidenceLevel(StrEnum):
    """How an answer was signed (63-FZ art. 5; design 4)."""

    PAPER_ORIGINAL = "PAPER_ORIGINAL"
    PAPER_SCAN = "PAPER_SCAN"
    UKEP = "UKEP"
    UNEP_GOSKEY = "UNEP_GOSKEY"
    ESIA_PEP = "ESIA_PEP"
    LOCAL_PEP = "LOCAL_PEP"
    CHECKBOX = "CHECKBOX"
    ORAL = "ORAL"  # a refusal or withdrawal by word of mouth; never a consent


class FormKind(StrEnum):
    """The three documents: who is the subject and who signs."""

    CHILD = "child"  # subject: the pupil; signer: a guardian
    GUARDIAN_OWN = "guardian_own"  # subject and signer: a guardian, once per school
    PUPIL_OWN = "pupil_own"  # subject and signer: a pupil of 14 and older


class IdKind(StrEnum):
    """The main identity document (152-FZ art. 9(4) 1)."""

    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    FOREIGN_PASSPORT = "foreign_passport"
    RESIDENCE_PERMIT = "residence_permit"
    TEMPORARY_CARD = "temporary_card"
    REFUGEE_CARD = "refugee_card"


class ClaimState(StrEnum):
    """Where one contact stands in the claim across schools."""

    QUEUED = "queued"
    SETTLED = "settled"
    CLASH = "clash"


class ContactClaim(NamedTuple):
    """One contact of a person, and where its claim stands."""

    field: Field
    state: ClaimState


@dataclass(frozen=True, slots=True)
class Items:
    """Canonical personal values of one person, and the reasons for those that are absent.

    `values`: Field -> canonical text (ISO date, 11 digits, E.164, lower-case address).
    A field in neither mapping is missing and unexplained.
    """

    values: Mapping[Field, str] = field(repr=False)
    absent: Mapping[Field, Absence] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def birth_date(self) -> date | None:
        """Day of birth; None when it is not known."""
        text = self.values.get(Field.BIRTH_DATE)
        return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A value of a person's record that was replaced by another.

    `number` counts the changes of one person from 1. `before`, `after`: marks of the two values,
    equal for equal values; None: that value is not known any more (the record was destroyed).
    """

    number: int
    item: Field
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """One answer to one ask. Order of answers is (decided_at, id).

    `form_version` and `text_digest` (SHA-256, hex) pin the text; `document_digest` (SHA-256, hex)
    pins the personal document that was signed.
    `has_agreement`: the signer's agreement on simple e-signature stood on record at that moment
    (63-FZ art. 6, 9); it matters for LOCAL_PEP only.
    `subject_version`, `signer_version`: number of the last change of that person's record when
    the document was made; 0 is none.
    """

    id: UUID
    decision: Decision
    decided_at: datetime
    evidence: EvidenceLevel
    form: str
    form_version: str
    text_digest: str
    document_digest: str
    has_agreement: bool
    subject_version: int = 0
    signer_version: int = 0


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """One legal representative of one pupil.

    `has_authority`: an authority document is on record (not needed for a PARENT).
    `ends_on`: last day of the guardianship; None is without end.
    `child`: answers on this pupil's CHILD form; `own`: answers on the GUARDIAN_OWN form.
    `claims`: state of every contact claimed for this guardian. `changes`: of the record, in order.
    """

    person_id: UUID
    kind: GuardianKind
    has_authority: bool
    ends_on: date | None
    items: Items
    child: tuple[AnswerFacts, ...] = ()
    own: tuple[AnswerFacts, ...] = ()
    claims: tuple[ContactClaim, ...] = ()
    changes: tuple[ItemChange, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A confirmed leaving out: the family could not be reached (design 4)."""

    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """One pupil on the list with everything that decides the standing."""

    person_id: UUID
    class_id: UUID
    items: Items
    guardians: tuple[GuardianFacts, ...] = ()
    own: tuple[AnswerFacts, ...] = ()
    claims: tuple[ContactClaim, ...] = ()
    left_out: LeftOut | None = None
    changes: tuple[ItemChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One class in one collection. `enrolled` None: the registrar has not stated it yet."""

    class_id: UUID
    name: str
    enrolled: int | None
    handed_in: bool


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt to reach a family; `made_on` is a day in the school's zone."""

    made_on: date
    channel: str


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What decides whether a contact may carry an electronic signature (design 4)."""

    staff_changed_at: datetime | None  # staff changed an existing value; None: never
    equals_staff_contact: bool
    unrelated_families: int


@dataclass(frozen=True, slots=True)
class ListedAgreement:
    """An agreement on simple e-signature as a class list states one.

    `signed_on` None: no day is given, so nothing can be recorded (63-FZ art. 9).
    """

    number: str
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class RepresentativeRow:
    """A representative as a class list states one. Canonical values only.

    `is_kind_said`: the list itself says the kind; else it is what is taken for a new person.
    """

    items: Items
    kind: GuardianKind
    relation: str  # as the list says it: «мать», «опекун»
    is_kind_said: bool = True
    agreement: ListedAgreement | None = None


@dataclass(frozen=True, slots=True)
class PupilRow:
    """One pupil of a class list, read and repaired.

    `row` is the number the teacher sees in the file (title rows count).
    """

    row: int
    class_name: str
    items: Items
    representatives: tuple[RepresentativeRow, ...] = ()
    agreement: ListedAgreement | None = None
