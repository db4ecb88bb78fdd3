"""What a personal document is told about people and organisations. No `repr` shows a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from policies.facts import EvidenceLevel, FormKind, GuardianKind, Items
from policies.facts import IdKind as IdKind

PAPER = frozenset({EvidenceLevel.PAPER_ORIGINAL, EvidenceLevel.PAPER_SCAN})


class FactsError(ValueError):
    """The facts do not make a lawful document. `path` names the fact, never its value.

    Codes: MISSING, KIND (the text is for another document), ITEM (an item that the text does not
    list), CHARACTER (a control or direction mark, which could show one thing and sign another).
    """

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True, repr=False)
class IdDocument:
    """Number, day of issue and issuer are the elements of 152-FZ art. 9(4) 1."""

    kind: IdKind
    number: str
    issued_on: date
    issued_by: str
    series: str | None = None
    department_code: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A signer or a subject. None is a line to be filled by hand; only `blank` accepts that."""

    full_name: str | None = None
    address: str | None = None
    id_document: IdDocument | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AuthorityDocument:
    """What makes somebody a legal representative: «акт органа опеки», «решение суда»."""

    kind: str
    number: str
    issued_on: date
    issuer: str


@dataclass(frozen=True, slots=True, repr=False)
class Operator:
    """The school. Legal name, never the name on the door."""

    legal_name: str
    address: str
    inn: str
    ogrn: str  # empty: not stated; 152-FZ art. 9(4) 3 asks for name and address
    phone: str  # as people read it


@dataclass(frozen=True, slots=True, repr=False)
class Processing:
    """Who processes on the school's instruction (152-FZ art. 6(3)) and by which instruction."""

    legal_name: str
    address: str
    instruction_no: str
    instruction_on: date


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """Who receives the data. Legal name; a platform's brand is no name."""

    legal_name: str
    address: str


@dataclass(frozen=True, slots=True, repr=False)
class Signing:
    """How the document is signed. LOCAL_PEP needs the agreement (63-FZ art. 6(2), 9)."""

    level: EvidenceLevel
    agreement_no: str | None = None
    agreement_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class EarlierConsent:
    """The consent that a withdrawal takes back."""

    decided_on: date
    receipt_no: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class DocumentFacts:
    """Everything that a text is told; the same facts give the same bytes.

    `subject`: None when the signer speaks of own data.
    `relation`: as the family says it («мать»); empty takes the word of `guardian`.
    `authority`: None only for a PARENT (Family code art. 64).
    `items`: canonical values of the subject; not used by a refusal or a withdrawal.
    `answer_by`: last day on which the family may answer or change the answer.
    `valid_until`: last day of the consent if the programme sets one; None: by events alone.
    `decided_on`: day in the school's zone; None on a paper blank.
    `earlier`: for a withdrawal; None takes back whatever was given.
    """

    kind: FormKind
    programme_title: str
    operator: Operator
    processing: Processing | None
    recipient: Recipient
    signer: Person
    answer_by: date
    signing: Signing
    decided_on: date | None
    subject: Person | None = None
    guardian: GuardianKind | None = None
    relation: str = ""
    authority: AuthorityDocument | None = None
    items: Items = field(default_factory=lambda: Items(MappingProxyType({})))
    valid_until: date | None = None
    earlier: EarlierConsent | None = None

    @property
    def about(self) -> Person:
        """The subject of the data."""
        return self.signer if self.subject is None else self.subject
