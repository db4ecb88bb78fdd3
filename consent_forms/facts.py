"""What a personal document is told about people and organisations. No `repr` shows a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Never

from consent_forms.form import ConsentForm
from policies.facts import Decision, EvidenceLevel, FormKind, GuardianKind, Items

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


class IdKind(StrEnum):
    """The main identity document."""

    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    FOREIGN_PASSPORT = "foreign_passport"
    RESIDENCE_PERMIT = "residence_permit"
    TEMPORARY_CARD = "temporary_card"
    REFUGEE_CARD = "refugee_card"


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
    ogrn: str
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


def check(form: ConsentForm, facts: DocumentFacts, *, by_hand: bool) -> None:
    """Refuse what cannot become a lawful document. `by_hand`: gaps are filled with a pen.

    Raises `FactsError`. A refusal and a withdrawal need no address and no identity document:
    152-FZ art. 9(4) asks them of a consent alone.
    """
    if facts.kind not in form.kinds:
        raise FactsError("KIND", "kind")
    for path, text in _texts(facts, ""):
        if any(unicodedata.category(char) in _REFUSED for char in text):
            raise FactsError("CHARACTER", path)
    if facts.kind is FormKind.CHILD:
        if facts.subject is None:
            _missing("subject")
        if facts.guardian is None:
            _missing("guardian")
    if form.decision is Decision.GIVEN:
        for item in (*facts.items.values, *facts.items.absent):
            if item not in form.items:
                raise FactsError("ITEM", item.value)
    if not by_hand:
        _check_complete(form, facts)


def _check_complete(form: ConsentForm, facts: DocumentFacts) -> None:
    people = {"signer": facts.signer, "subject": facts.about}
    for name, person in people.items():
        if not person.full_name:
            _missing(f"{name}.full_name")
        if form.decision is Decision.GIVEN:
            if not person.address:
                _missing(f"{name}.address")
            if person.id_document is None:
                _missing(f"{name}.id_document")
    if facts.decided_on is None:
        _missing("decided_on")
    signing = facts.signing
    if signing.level is EvidenceLevel.LOCAL_PEP and not (
        signing.agreement_no and signing.agreement_on
    ):
        _missing("signing.agreement")
    if form.decision is not Decision.GIVEN:
        return
    if not facts.items.values:
        _missing("items")
    by_document = facts.kind is FormKind.CHILD and facts.guardian is not GuardianKind.PARENT
    if by_document and facts.authority is None:
        _missing("authority")


# Control, format (direction marks among them), surrogate, private, line and paragraph separators.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _missing(path: str) -> Never:
    raise FactsError("MISSING", path)


def _texts(thing: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text inside the facts with its dotted path. Values of items are canonical already,
    but they are shown too, so they are looked at like the rest."""
    if isinstance(thing, str) and not isinstance(thing, Enum):
        yield path, thing
    elif isinstance(thing, Items):
        for item, value in thing.values.items():
            yield f"items.{item.value}", value
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from _texts(getattr(thing, one.name), f"{path}.{one.name}".lstrip("."))
