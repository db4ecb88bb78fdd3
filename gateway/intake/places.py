"""Who a title without a name belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gateway.intake.meanings import REPRESENTATIVES, Part
from gateway.intake.titles import Title
from gateway.intake.words import Role
from policies.facts import Field

_OF_PUPIL = (Role.CLASS, Role.PARALLEL, Role.CLASS_LETTER)
_OF_REPRESENTATIVE = (Role.AGREEMENT, Role.AGREEMENT_DATE)
_NAMES = {Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC}

# A full name and its parts say the same of one person.
_RIVALS: dict[Field | Role | None, tuple[Field | Role, ...]] = {
    Role.FULL_NAME: (Field.FAMILY_NAME, Field.GIVEN_NAME),
    Field.FAMILY_NAME: (Role.FULL_NAME,),
    Field.GIVEN_NAME: (Role.FULL_NAME,),
}


class Places:
    """One reading of a row of titles, from left to right: each takes its person."""

    def __init__(self, titles: Sequence[Title]) -> None:
        self.taken: set[tuple[Part, Field | Role | None, Field | None]] = set()
        self.current = Part.PUPIL
        self.by_kin: dict[str, Part] = {}
        items = [title for title in titles if title.is_item]
        numbers = {title.number for title in items if title.number is not None}
        self.numbered = {REPRESENTATIVES[number - 1] for number in numbers}
        # When the representative's own items say so («телефон родителя»), bare ones are a pupil's.
        named = {t.role for t in items if t.is_representative and isinstance(t.role, Field)}
        self.bare_is_pupil = len(named - _NAMES) >= 2
        # «ФИО 1, ФИО 2, телефон, телефон»: persons alternate inside one item.
        self.alternate = any(
            a.is_representative and b.is_representative and a.role == b.role
            for a, b in pairwise(items)
        )

    def take(self, title: Title) -> Part | None:
        for part in self._wanted(title):
            key = (part, title.role, title.explains)
            rivals = {(part, role, None) for role in _RIVALS.get(title.role, ())}
            if key not in self.taken and rivals.isdisjoint(self.taken):
                self.taken.add(key)
                self.current = part
                if title.kin is not None and title.number is None:
                    self.by_kin[title.kin] = part
                return part
        return None

    def _wanted(self, title: Title) -> list[Part]:
        """Parts that the title may belong to, the likeliest first."""
        if title.role in _OF_PUPIL or title.is_pupil:
            return [Part.PUPIL]
        if title.number is not None:
            return [REPRESENTATIVES[title.number - 1]]
        if title.kin is not None:
            taken = {*self.by_kin.values(), *self.numbered}
            free = (part for part in REPRESENTATIVES if part not in taken)
            known = self.by_kin.get(title.kin)
            return [known] if known else [*free]
        if title.is_representative or title.role in _OF_REPRESENTATIVE:
            return self._in_order()
        if title.role is Role.ABSENCE and any(
            part is Part.PUPIL and role is Role.ABSENCE for part, role, _ in self.taken
        ):
            return [self.current]  # the pupil has reasons; these explain a column beside them
        if self.current is Part.PUPIL or self.bare_is_pupil:
            return [Part.PUPIL, *([] if self.current is Part.PUPIL else self._in_order())]
        return [*self._in_order(), Part.PUPIL]

    def _in_order(self) -> list[Part]:
        if self.current is Part.PUPIL or self.alternate:
            return list(REPRESENTATIVES)
        at = REPRESENTATIVES.index(self.current)
        return [*REPRESENTATIVES[at:]]
