"""Whether a receipt is ours: by its number, or by the file that the family was given.

A receipt holds no personal value, so that anybody may ask; nothing is written about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent_forms.receipts import receipt_in
from crypto import jose
from crypto.errors import JoseError
from crypto.secrets_text import parse_receipt_number
from gateway.errors import BadInput
from gateway.unit import Unit
from policies.facts import Decision, EvidenceLevel, FormKind
from policies.programme import published

MOMENT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a receipt of ours says. `school` is empty for one that this database does not know."""

    number: str
    decision: Decision
    decided_at: datetime
    zone: str
    school: str
    programme: str
    form: FormKind
    evidence: EvidenceLevel
    document_digest: str


def verify_number(look: Unit, text: str, keys: jose.SigningKeys) -> Genuine | None:
    """None: there is no receipt of that number. Raises `BadInput` for what is no number."""
    try:
        number = parse_receipt_number(text)
    except ValueError as refused:
        raise BadInput({"/number": str(refused)}) from None
    receipt = look.consents.find_receipt(number)
    return None if receipt is None else _read(look, receipt, keys)


def verify_file(look: Unit, content: bytes, keys: jose.SigningKeys) -> Genuine | None:
    """A receipt as PDF or as signed text. None: it was not signed by this service."""
    receipt = receipt_in(content)
    if receipt is None:
        try:
            receipt = content.decode("ascii").strip()
        except UnicodeDecodeError:
            return None
    return _read(look, receipt, keys)


def _read(look: Unit, receipt: str, keys: jose.SigningKeys) -> Genuine | None:
    try:
        claims = jose.read_receipt(receipt, keys.public("evidence"))
    except JoseError:
        return None
    school = look.schools.find(UUID(str(claims["school"])))
    titles = {each.slug: each.title for each in published()}
    slug = str(claims["programme"])
    return Genuine(
        str(claims["receipt"]),
        Decision(str(claims["decision"])),
        datetime.fromisoformat(str(claims["decided_at"])),
        school.zone if school else MOMENT_ZONE,
        school.short_name if school else "",
        titles.get(slug, slug),
        FormKind(str(claims["document"])),
        EvidenceLevel(str(claims["evidence"])),
        str(claims["document_digest"]),
    )
