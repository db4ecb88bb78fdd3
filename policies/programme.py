"""A programme: what one platform asks for, as data that a lawyer can read.

The rules lie in programmes/<slug>.toml; nothing here is decided by code. The SHA-256 of the
file's bytes is the policy digest: a changed rule is another digest.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from policies.facts import Absence, Decision, EvidenceLevel, Field, FormKind
from policies.toml_reading import ProgrammeError as ProgrammeError
from policies.toml_reading import Table

K = TypeVar("K", bound=StrEnum)

PROGRAMMES = Path(__file__).parent / "programmes"


class Subject(StrEnum):
    """Whose data an item rule speaks of."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Legal name and address of who receives the bundle (152-FZ art. 9(4) 3)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class FormRef:
    """One version of one text. `text_digest` (SHA-256, hex) None: not compared."""

    slug: str
    version: str
    text_digest: str | None = None


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Documents required below `until_age` full years; None: at any age above, the last band."""

    until_age: int | None
    forms: frozenset[FormKind]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An absence that is accepted below `until_age` full years; None: at any age."""

    absence: Absence
    until_age: int | None = None


@dataclass(frozen=True, slots=True)
class ItemRule:
    """One item that a record must hold, and the absences accepted instead."""

    field: Field
    accepts: tuple[Acceptance, ...] = ()

    def accepted(self, absence: Absence, age: int | None) -> bool:
        """Whether the absence will do at that age; age None (unknown): at every age."""
        return any(
            each.absence is absence
            and (each.until_age is None or (age is not None and age < each.until_age))
            for each in self.accepts
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """Numbers of a programme; units are in the names."""

    asked_ahead_days: int
    attempts_needed: int
    registry_days: int
    evidence_years: int
    recall_days: int
    stop_working_days: int
    link_days: int
    session_minutes: int
    code_minutes: int
    code_guesses: int


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that the rules need to know about one platform.

    `digest`: SHA-256 (hex) of the file. `operator_needed`: names of passport entries of a school.
    `statements`: the texts of a refusal and of a withdrawal.
    """

    slug: str
    digest: str
    title: str
    recipient: Recipient
    operator_needed: tuple[str, ...]
    purposes: tuple[str, ...]
    ages: tuple[AgeBand, ...]
    forms: Mapping[FormKind, FormRef]
    statements: Mapping[Decision, FormRef]
    items: Mapping[Subject, tuple[ItemRule, ...]] = field(repr=False)
    evidence: frozenset[EvidenceLevel]
    needs_agreement: frozenset[EvidenceLevel]
    terms: Terms

    def required_forms(self, age: int) -> frozenset[FormKind]:
        """Documents that must be signed for a pupil of `age` full years."""
        return next(
            band.forms for band in self.ages if band.until_age is None or age < band.until_age
        )

    def with_text_digests(self, digests: Mapping[tuple[str, str], str]) -> Programme:
        """The same rules that also compare texts: (slug, version) -> SHA-256 of the text, hex."""

        def pinned(ref: FormRef) -> FormRef:
            return replace(ref, text_digest=digests[ref.slug, ref.version])

        forms = {kind: pinned(ref) for kind, ref in self.forms.items()}
        statements = {decision: pinned(ref) for decision, ref in self.statements.items()}
        return replace(self, forms=MappingProxyType(forms), statements=MappingProxyType(statements))


@functools.cache
def load_programme(slug: str) -> Programme:
    """The programme of that name. Raises `ProgrammeError` (a ValueError)."""
    known = {path.stem: path for path in PROGRAMMES.glob("*.toml")}
    if slug not in known:
        raise ProgrammeError(slug, "", "no such programme")
    return read_programme(slug, known[slug].read_bytes())


def read_programme(slug: str, data: bytes) -> Programme:
    """Read and check the bytes of a programme. Raises `ProgrammeError` naming the place."""
    try:
        parsed = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise ProgrammeError(slug, "", f"not TOML: {broken}") from None
    root = Table(slug, "", parsed)
    if root.text("slug") != slug:
        raise root.wrong("slug", "differs from the name of the file")
    recipient, evidence = root.table("recipient"), root.table("evidence")
    operator, items = root.table("operator"), root.table("items")
    accepted = frozenset(evidence.choices("accepted", EvidenceLevel))
    agreed = frozenset(evidence.choices("needs_agreement", EvidenceLevel))
    if not agreed <= accepted:
        raise evidence.wrong("needs_agreement", "names a level that is not accepted")
    programme = Programme(
        slug=slug,
        digest=hashlib.sha256(data).hexdigest(),
        title=root.text("title"),
        recipient=Recipient(recipient.text("name"), recipient.text("address")),
        operator_needed=operator.texts("needed"),
        purposes=root.texts("purposes"),
        ages=_ages(root),
        forms=_refs(root.table("forms"), FormKind),
        statements=_refs(root.table("statements"), (Decision.REFUSED, Decision.WITHDRAWN)),
        items=MappingProxyType({who: _items(items, who) for who in Subject}),
        evidence=accepted,
        needs_agreement=agreed,
        terms=_terms(root.table("terms")),
    )
    for table in (recipient, evidence, operator, items, root):
        table.finish()
    return programme


def _ages(root: Table) -> tuple[AgeBand, ...]:
    bands = []
    lowest = 0
    tables = root.tables("ages")
    for place, table in enumerate(tables, start=1):
        is_last = place == len(tables)
        until = None if is_last else table.whole("until_age", least=lowest + 1)
        bands.append(AgeBand(until, frozenset(table.choices("forms", FormKind))))
        if not bands[-1].forms & {FormKind.CHILD, FormKind.PUPIL_OWN}:
            raise table.wrong("forms", "has nobody sign for the pupil")
        if FormKind.GUARDIAN_OWN in bands[-1].forms and FormKind.CHILD not in bands[-1].forms:
            raise table.wrong("forms", "asks a guardian who does not sign for the child")
        lowest = until or 0
        table.finish()  # `until_age` of the last band is unknown here: it must be open
    return tuple(bands)


def _refs(table: Table, keys: Iterable[K]) -> Mapping[K, FormRef]:
    refs = {}
    for key in keys:
        ref = table.table(key)
        refs[key] = FormRef(ref.text("slug"), ref.text("version"))
        ref.finish()
    table.finish()
    return MappingProxyType(refs)


def _items(table: Table, who: Subject) -> tuple[ItemRule, ...]:
    rules: dict[Field, ItemRule] = {}
    for item in table.tables(who):
        name = item.choice("field", Field)
        if name in rules:
            raise item.wrong("field", "stands twice")
        accepts = []
        for each in item.tables("accepts", may_be_missing=True):
            until = each.whole("until_age", least=1) if each.has("until_age") else None
            accepts.append(Acceptance(each.choice("absence", Absence), until))
            each.finish()
        rules[name] = ItemRule(name, tuple(accepts))
        item.finish()
    born = rules.get(Field.BIRTH_DATE)
    if who is Subject.PUPIL and (born is None or born.accepts):
        raise table.wrong(who, "must require birth_date: the age decides who signs")
    return tuple(rules.values())


def _terms(table: Table) -> Terms:
    terms = Terms(**{term.name: table.whole(term.name, least=1) for term in fields(Terms)})
    table.finish()
    return terms
