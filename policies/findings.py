"""What a rule can answer: a code, the thing it speaks of, and a Russian sentence by the code.

A finding never holds a personal value. Every code has its sentence in `TEXTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Code(StrEnum):
    """Stable codes. A code, once published, keeps its meaning."""

    # standing of a pupil: why it is still `waiting`
    NO_ANSWER = "NO_ANSWER"
    ITEM_MISSING = "ITEM_MISSING"
    CLAIM_PENDING = "CLAIM_PENDING"
    CLAIM_CLASH = "CLAIM_CLASH"
    AUTHORITY_MISSING = "AUTHORITY_MISSING"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. `about` is the id of a pupil, guardian, class or school; None in a file check.

    `row` and `column` name a cell of an imported file (teacher's numbering, header's words).
    """

    code: Code
    about: UUID | None = None
    row: int | None = None
    column: str | None = None


TEXTS: dict[Code, str] = {
    Code.NO_ANSWER: "Семья ещё не ответила.",
    Code.ITEM_MISSING: "Не хватает сведений.",
    Code.CLAIM_PENDING: "Проверяем, что телефон и почта никем больше не заняты.",
    Code.CLAIM_CLASH: "Телефон или почта заняты другим человеком. Семье отправлено письмо.",
    Code.AUTHORITY_MISSING: "Нет документа, подтверждающего права представителя.",
}
