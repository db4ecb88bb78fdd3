"""What the facts must hold before a text may be filled with them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from operator import attrgetter

from consent_forms.facts import DocumentFacts, FactsError
from consent_forms.form import ConsentForm
from policies.facts import Decision, EvidenceLevel, FormKind, GuardianKind, Items

# Organisations are named in full on every document, blanks too.
NAMES = (
    "programme_title",
    "operator.legal_name",
    "operator.address",
    "operator.inn",
    "operator.phone",
    "recipient.legal_name",
    "recipient.address",
)
PROCESSING = ("processing.legal_name", "processing.address", "processing.instruction_no")

# 152-FZ art. 9(4) 1, 2 and 5: asked of a consent alone, so that a refusal tells less.
OF_A_CONSENT = (
    "signer.address",
    "signer.id_document",
    "about.address",
    "about.id_document",
    "items.values",
)

# Control, format (direction marks among them), surrogate, private, line and paragraph separators.
REFUSED_CHARACTERS = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def check(form: ConsentForm, facts: DocumentFacts, *, by_hand: bool) -> None:
    """Refuse what cannot become a lawful document. `by_hand`: gaps are filled with a pen.

    Raises `FactsError`.
    """
    if facts.kind not in form.kinds:
        raise FactsError("KIND", "kind")
    for path, text in _texts(facts, ""):
        # Most texts hold printable characters alone, which is quickly known.
        if not text.isprintable() and any(
            unicodedata.category(char) in REFUSED_CHARACTERS for char in text
        ):
            raise FactsError("CHARACTER", path)
    if form.decision is Decision.GIVEN:
        for item in (*facts.items.values, *facts.items.absent):
            if item not in form.items:
                raise FactsError("ITEM", f"items.{item.value}")
    for path in _required(form, facts, by_hand):
        if not _is_stated(attrgetter(path)(facts)):
            raise FactsError("MISSING", path.replace("about.", _about(facts)))


def _required(form: ConsentForm, facts: DocumentFacts, by_hand: bool) -> Iterator[str]:
    yield from NAMES
    if facts.processing is not None:
        yield from PROCESSING
    if facts.kind is FormKind.CHILD:
        yield from ("subject", "guardian")
    if by_hand:
        return
    yield from ("signer.full_name", "about.full_name", "decided_on")
    if form.decision is not Decision.GIVEN:
        return
    yield from OF_A_CONSENT
    if facts.kind is FormKind.CHILD and facts.guardian is not GuardianKind.PARENT:
        yield "authority"
    # Without it a code is no signature (63-FZ art. 6(2)). A refusal or a withdrawal is heeded
    # in any form, so it does not wait for an agreement.
    if facts.signing.level is EvidenceLevel.LOCAL_PEP:
        yield from ("signing.agreement_no", "signing.agreement_on")


def _is_stated(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _about(facts: DocumentFacts) -> str:
    return "signer." if facts.subject is None else "subject."


def _texts(thing: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text inside the facts with its dotted path; canonical items too, for they are shown."""
    if isinstance(thing, str) and not isinstance(thing, Enum):
        yield path, thing
    elif isinstance(thing, Items):
        for item, value in thing.values.items():
            yield f"items.{item.value}", value
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from _texts(getattr(thing, one.name), f"{path}.{one.name}".lstrip("."))
