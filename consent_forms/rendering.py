"""A text and a person's facts in, the bytes that are signed out.

One complete UTF-8 HTML document: no reference to anything outside it, no moment of its own, so
the same facts give the same bytes. Its SHA-256 is the document digest (docs/formats/document.md).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from consent_forms import wording
from consent_forms.facts import PAPER, DocumentFacts, Person
from consent_forms.form import ConsentForm
from consent_forms.requisites import check
from crypto import canonical
from policies.facts import EvidenceLevel, GuardianKind

HERE = Path(__file__).parent

_LINE = Markup('<span class="line"></span>')


def render(form: ConsentForm, facts: DocumentFacts) -> bytes:
    """The personal document that `facts.signer` is asked to sign. Raises `FactsError`."""
    check(form, facts, by_hand=False)
    return _bytes(form, facts, facts.signing.level in PAPER)


def blank(form: ConsentForm, facts: DocumentFacts) -> bytes:
    """The same document for a pen: unknown facts, the day and the signature are empty lines.

    The way of signing in `facts` is set aside. Raises `FactsError`.
    """
    check(form, facts, by_hand=True)
    signing = replace(
        facts.signing,
        level=EvidenceLevel.PAPER_ORIGINAL,
        agreement_no=None,
        agreement_on=None,
    )
    return _bytes(form, replace(facts, signing=signing, decided_on=None), True)


def document_digest(html: bytes) -> str:
    """SHA-256 of the exact bytes, 64 lower-case hex digits; the signer's POST repeats it."""
    return canonical.digest(html)


def line(value: str | None, count: int = 1) -> str | Markup:
    """The value, or `count` lines to write it on. A value is escaped by the template."""
    return value or _LINE * count


@cache
def environment() -> Environment:
    """Strict: an unknown name is an error and every value is escaped. Styles are included."""
    env = Environment(
        loader=FileSystemLoader([HERE / "styles", HERE / "pages"]),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["line"] = line
    return env


@cache
def _template(source: str) -> Template:
    return environment().from_string(source)


def _bytes(form: ConsentForm, facts: DocumentFacts, by_hand: bool) -> bytes:
    return _template(form.template).render(context(form, facts, by_hand)).encode()


def context(form: ConsentForm, facts: DocumentFacts, by_hand: bool) -> dict[str, object]:
    """Every name that a template may speak of."""
    processing, earlier = facts.processing, facts.earlier
    return {
        "form": form,
        "kind": facts.kind.value,
        "programme": facts.programme_title,
        "operator": facts.operator,
        "processing": processing
        and {
            "legal_name": processing.legal_name,
            "address": processing.address,
            "instruction_no": processing.instruction_no,
            "instruction_on": wording.day(processing.instruction_on),
        },
        "recipient": facts.recipient,
        "signer": _person(facts.signer),
        "subject": _person(facts.about),
        "relation": facts.relation or (wording.GUARDIANS[facts.guardian] if facts.guardian else ""),
        "is_parent": facts.guardian is GuardianKind.PARENT,
        "authority": facts.authority and wording.authority(facts.authority),
        "rows": wording.rows(form.items, facts.items),
        "labels": wording.labels(form.items),
        "answer_by": wording.day(facts.answer_by),
        "valid_until": facts.valid_until and wording.day(facts.valid_until),
        "decided_on": facts.decided_on and wording.day(facts.decided_on),
        "earlier": earlier
        and {
            "decided_on": wording.day(earlier.decided_on),
            "receipt_no": earlier.receipt_no,
        },
        "by_hand": by_hand,
        "signed_by": wording.signed_by(facts.signing),
    }


def _person(person: Person) -> dict[str, str | None]:
    paper = person.id_document
    return {
        "full_name": person.full_name,
        "address": person.address,
        "id_document": wording.id_document(paper) if paper else None,
    }
