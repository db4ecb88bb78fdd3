"""A programme: what one platform asks for, as data that a lawyer can read.

The rules lie in programmes/<slug>/<version>.toml; nothing here is decided by code. The SHA-256 of
the file's bytes is the policy digest. It stands in programmes/pins.toml: a published version never
changes, and a collection keeps to the one under which it was opened (decision 0013).
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
PINS = "pins.toml"


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

    `version`: a whole number as text. `digest`: SHA-256 (hex) of the file.
    `operator_needed`: names of passport entries of a school.
    `statements`: the texts of a refusal and of a withdrawal.
    `asked_again`: items whose change opens a consent again.
    """

    slug: str
    version: str
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
    asked_again: frozenset[Field]
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


def load_programme(slug: str, root: Path = PROGRAMMES) -> Programme:
    """The newest version: what a new collection is opened under. Raises `ProgrammeError`."""
    versions = [each for each in published(root) if each.slug == slug]
    if not versions:
        raise ProgrammeError(slug, "", "no such programme")
    return versions[-1]


def pinned_programme(slug: str, digest: str, root: Path = PROGRAMMES) -> Programme:
    """The published version with that policy digest. Raises `ProgrammeError`."""
    for each in published(root):
        if (each.slug, each.digest) == (slug, digest):
            return each
    raise ProgrammeError(slug, "", f"no published version has the digest {digest}")


@functools.cache
def published(root: Path = PROGRAMMES) -> tuple[Programme, ...]:
    """Every version of every programme, older before newer.

    Raises `ProgrammeError` (a ValueError) when a file differs from its pin, or one of the two is
    not there.
    """
    pins = read_pins(root)
    files = programme_files(root)
    for slug, version in sorted(pins.keys() - files.keys()):
        raise ProgrammeError(slug, "", f"version {version} is pinned, but not there")
    found = []
    for (slug, version), path in files.items():
        programme = read_programme(slug, path.read_bytes(), version)
        pin = pins.get((slug, version))
        if pin is None:
            raise ProgrammeError(slug, "", f"version {version} is not pinned")
        if pin != programme.digest:
            raise ProgrammeError(slug, "", f"version {version} changed after it was published")
        found.append(programme)
    return tuple(found)


def programme_files(root: Path = PROGRAMMES) -> dict[tuple[str, str], Path]:
    """(slug, version) -> file, older before newer. Raises `ProgrammeError` for an odd name."""
    files = {}
    for path in root.glob("*/*"):
        check_name(path)
        files[path.parent.name, path.stem] = path
    return dict(sorted(files.items(), key=lambda each: (each[0][0], int(each[0][1]))))


def check_name(path: Path) -> None:
    """A file in a programme's folder is called after its version. Raises `ProgrammeError`."""
    is_number = path.stem.isdecimal() and path.stem.isascii() and path.stem[0] != "0"
    if path.suffix != ".toml" or not is_number or not path.is_file():
        raise ProgrammeError(path.parent.name, "", "is not called after a version: 1.toml")


def read_pins(root: Path = PROGRAMMES) -> dict[tuple[str, str], str]:
    """(slug, version) -> policy digest as it was published. Raises `ProgrammeError`."""
    try:
        tables = tomllib.loads((root / PINS).read_text(encoding="utf-8"))
        return {
            (slug, version): str(digest)
            for slug, versions in tables.items()
            for version, digest in versions.items()
        }
    except (OSError, ValueError, AttributeError):
        raise ProgrammeError(PINS, "", "cannot be read") from None


def read_programme(slug: str, data: bytes, version: str = "1") -> Programme:
    """Read and check the bytes of a version. Raises `ProgrammeError` naming the place."""
    try:
        parsed = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise ProgrammeError(slug, "", f"not TOML: {broken}") from None
    root = Table(slug, "", parsed)
    if root.text("slug") != slug:
        raise root.wrong("slug", "differs from the name of the folder")
    if root.text("version") != version:
        raise root.wrong("version", "differs from the name of the file")
    recipient, evidence = root.table("recipient"), root.table("evidence")
    operator, items, changes = root.table("operator"), root.table("items"), root.table("changes")
    accepted = frozenset(evidence.choices("accepted", EvidenceLevel))
    agreed = frozenset(evidence.choices("needs_agreement", EvidenceLevel))
    if not agreed <= accepted:
        raise evidence.wrong("needs_agreement", "names a level that is not accepted")
    programme = Programme(
        slug=slug,
        version=version,
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
        asked_again=frozenset(changes.choices("ask_again", Field)),
        terms=_terms(root.table("terms")),
    )
    for table in (recipient, evidence, operator, items, changes, root):
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
