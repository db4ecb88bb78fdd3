"""The receipt of an answer as a PDF. A refusal's receipt is as good as a consent's.

It holds no name, contact or number of a person: it may be lost on a printer without harm, and
who holds it proves the answer by the receipt number and the document digest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from consent_forms import printing, wording
from consent_forms.rendering import environment
from policies.facts import Decision, EvidenceLevel, FormKind

SIGNED = b"%sg-receipt "
_SIGNED = re.compile(rb"\n" + SIGNED + rb"([A-Za-z0-9_.-]{1,16384})\r?\n")
DESTROYED_WITHIN_DAYS = 30  # 152-FZ art. 21(5)

ANSWERS = {
    Decision.GIVEN: "Согласие дано",
    Decision.REFUSED: "Отказ принят",
    Decision.WITHDRAWN: "Согласие отозвано",
}

# What the answer is about, after «Передача …».
SUBJECTS = {
    FormKind.CHILD: "данных ребёнка (отвечает законный представитель)",
    FormKind.GUARDIAN_OWN: "собственных данных законного представителя",
    FormKind.PUPIL_OWN: "собственных данных ученика",
}

LEVELS = {
    EvidenceLevel.PAPER_ORIGINAL: "бумага с подписью от руки, оригинал хранится в школе",
    EvidenceLevel.PAPER_SCAN: "скан бумаги с подписью от руки",
    EvidenceLevel.UKEP: "усиленная квалифицированная электронная подпись",
    EvidenceLevel.UNEP_GOSKEY: "усиленная неквалифицированная электронная подпись («Госключ»)",
    EvidenceLevel.ESIA_PEP: "простая электронная подпись (Госуслуги)",
    EvidenceLevel.LOCAL_PEP: "простая электронная подпись: личная ссылка и одноразовый код",
    EvidenceLevel.CHECKBOX: "отметка на странице",
    EvidenceLevel.ORAL: "сказано устно, записано сотрудником школы",
}


@dataclass(frozen=True, slots=True)
class JournalPoint:
    """The last checkpoint of the journal when the answer was kept. `root`: 64 hex digits."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt says. Nothing here is a personal value.

    `number`: as people read it, «7K4M-92QF-XW3T-A8ND». `decided_at`: aware UTC. `zone`: IANA name.
    `answer_by`: last day for changing the answer. `document_digest`, `text_digest`: 64 hex digits.
    `class_name`: «7 «А»» to tell the children of one family apart; None where no class is meant.
    `journal`: None until the first checkpoint is signed. `jws`: the signed receipt, which goes into
    the PDF for programs; None leaves it out.
    """

    number: str
    decision: Decision
    kind: FormKind
    evidence: EvidenceLevel
    decided_at: datetime
    zone: str
    programme_title: str
    school_name: str
    school_address: str
    school_phone: str
    recipient_name: str
    form_slug: str
    form_version: str
    text_digest: str
    document_digest: str
    answer_by: date
    class_name: str | None = None
    journal: JournalPoint | None = None
    jws: str | None = None


def receipt_html(facts: ReceiptFacts) -> bytes:
    """The receipt as one HTML document; the same facts give the same bytes.

    Raises KeyError for a decision that no family makes (INVALIDATED, REVOKED, EXPIRED).
    """
    on = facts.decided_at.astimezone(ZoneInfo(facts.zone)).date()
    page = environment().get_template("receipt.html")
    return page.render(
        facts=facts,
        answer=ANSWERS[facts.decision],
        about=SUBJECTS[facts.kind],
        level=LEVELS[facts.evidence],
        decided=wording.moment(facts.decided_at, facts.zone),
        answer_by=wording.day(facts.answer_by),
        destroyed_by=wording.day(on + timedelta(days=DESTROYED_WITHIN_DAYS)),
        document_mark=short_digest(facts.document_digest),
        text_mark=short_digest(facts.text_digest),
        root_mark=facts.journal and short_digest(facts.journal.root),
        qr=_qr(facts.number),
    ).encode()


def receipt_pdf(facts: ReceiptFacts) -> bytes:
    """One A4 page, tagged. Raises like `receipt_html`."""
    printed = printing.pdf(receipt_html(facts))
    return printed if facts.jws is None else _with_receipt(printed, facts.jws)


def _with_receipt(printed: bytes, jws: str) -> bytes:
    """A comment behind the end (ISO 32000-1, 7.2.4), then the end again, for it must be last."""
    end = printed[printed.rindex(b"startxref") :].rstrip()
    return printed.rstrip() + b"\n" + SIGNED + jws.encode() + b"\n" + end + b"\n"


def receipt_in(printed: bytes) -> str | None:
    """The signed receipt in a PDF of ours, None without one. Nothing else of it is read."""
    found = _SIGNED.search(printed)
    return found[1].decode() if found else None


def short_digest(digest: str) -> str:
    """The first 16 of 64 hex digits in fours: enough to compare by eye, not to prove."""
    return " ".join(digest[start : start + 4] for start in range(0, 16, 4))


def _qr(number: str) -> str:
    """A `data:` address of an SVG image. `make_qr`: never a Micro QR, which phones do not read."""
    import segno

    address: str = segno.make_qr(number, error="m").svg_data_uri(border=0, dark="#0f1c2b")
    return address
