"""What the words of one title say by themselves: which item, whose, which of several people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.intake.words import (
    FILLER_WORDS,
    GUARDIAN_KIN,
    KIN_WORDS,
    NUMBER_WORDS,
    PARENT_WORDS,
    PUPIL_WORDS,
    REPRESENTATIVE_WORDS,
    WEAK_RELATIONS,
    Role,
    best_title,
    items_in,
    plain,
    says,
)
from policies.facts import Field

_ABSENCE = ("причин*", "почему", "отсутств*")
_PERSON_WORDS: tuple[str, ...] = (
    *PUPIL_WORDS,
    *REPRESENTATIVE_WORDS,
    *FILLER_WORDS,
    *(form for forms in KIN_WORDS.values() for form in forms),
    *(form for forms in NUMBER_WORDS.values() for form in forms),
)
_WHOEVER: tuple[str, ...] = (
    *REPRESENTATIVE_WORDS,
    *FILLER_WORDS,
    *(form for forms in (KIN_WORDS | GUARDIAN_KIN).values() for form in forms),
    *(form for forms in NUMBER_WORDS.values() for form in forms),
)
_JOINED = re.compile("(?<=[а-яё])(?=[А-ЯЁ])")
_PEOPLE_WORDS = PUPIL_WORDS + REPRESENTATIVE_WORDS
_LONGEST = 120  # signs; a longer cell is a note, not a title


@dataclass(frozen=True, slots=True)
class Title:
    """One title. `text`: in the words of the file; `group`: what stands above it, plain.

    `explains`: for a column of reasons the item it is about; None is any. `is_weak`: to be taken
    for a relation only where nothing clearer is. `names_kin`: «Мать/отец» is of either.
    """

    index: int
    text: str
    group: str
    role: Field | Role | None
    is_pupil: bool
    is_representative: bool
    kin: str | None
    number: int | None
    explains: Field | None
    is_weak: bool = False
    names_kin: bool = False

    @property
    def is_item(self) -> bool:
        """A column that is read."""
        return self.role not in (None, Role.ORDINAL, Role.OTHER)


def read_title(index: int, text: str, group: str) -> Title:
    """`text` as it stands in the file, `group` the plain words of the titles above it."""
    words = title_words(text)
    role = best_title(words) if len(text) <= _LONGEST else None
    if role is Role.ORDINAL and _number(words) is not None and says(REPRESENTATIVE_WORDS, words):
        role = None  # «Родитель №2» is somebody, not a number
    explains = None
    if says(_ABSENCE, words):
        without = " ".join(w for w in words.split() if not says(_ABSENCE, w))
        items = items_in(without)
        role, explains = Role.ABSENCE, items.pop() if len(items) == 1 else None
    is_weak = role is None and _without_people(words) in WEAK_RELATIONS and _kin(words) is None
    if is_weak:
        role = Role.RELATION
    kin = _kin(words)
    context = words
    if kin is None and not says(_PEOPLE_WORDS, words):
        context = f"{group} {words}".strip()
        if context != words and not _names_someone(context):
            context = words
    elif kin is None and _number(words) is None:
        # «Родитель 1» above, «ФИО родителя» below: the upper one says which.
        context = f"{group} {words}" if _agrees(group, words) else words
    if context != words:
        kin = _kin(context)
    is_representative = kin is not None or says(REPRESENTATIVE_WORDS, context)
    if role is Role.RELATION:
        # «Статус (мать, отец, опекун)» lists answers; whose it is, the group or the order says.
        is_representative, context, kin = True, group, _kin(group)
    is_pupil = not is_representative and says(PUPIL_WORDS, context)
    if role is None and (is_pupil or is_representative) and _only_names(words):
        role = Role.FULL_NAME
    return Title(
        index=index,
        text=text,
        group=group,
        role=role,
        is_pupil=is_pupil,
        is_representative=is_representative,
        kin=kin,
        number=_number(f"{group} {words}" if role is Role.RELATION else context)
        if is_representative
        else None,
        explains=explains,
        is_weak=is_weak,
        names_kin=len(_kins(words)) > 1,
    )


def title_words(text: str) -> str:
    """`plain`, with «ДатаРождения» in two words."""
    return plain(_JOINED.sub(" ", text))


def names_someone(words: str) -> bool:
    """Plain words that say whose the columns are."""
    return _names_someone(words)


def _names_someone(words: str) -> bool:
    return says(_PEOPLE_WORDS, words) or _kin(words) is not None


def _agrees(group: str, words: str) -> bool:
    """Both speak of representatives, or both of the pupil."""
    whose = [says(REPRESENTATIVE_WORDS, each) or _kin(each) is not None for each in (group, words)]
    return _names_someone(group) and whose[0] == whose[1]


def _kins(words: str) -> list[str]:
    said = KIN_WORDS | GUARDIAN_KIN
    return [relation for relation, forms in said.items() if says(forms, words)]


def _kin(words: str) -> str | None:
    found = [relation for relation, forms in KIN_WORDS.items() if says(forms, words)]
    if not found and not says(PARENT_WORDS, words):
        found = [relation for relation, forms in GUARDIAN_KIN.items() if says(forms, words)]
    return found[0] if len(found) == 1 else None


def _number(words: str) -> int | None:
    found = [number for number, forms in NUMBER_WORDS.items() if says(forms, words)]
    return found[0] if len(found) == 1 else None


def _without_people(words: str) -> str:
    """«кто мать отец опекун», «родитель 1 статус»: what is left without who that may be."""
    return " ".join(word for word in words.split() if not says(_WHOEVER, word))


def _only_names(words: str) -> bool:
    return all(says(_PERSON_WORDS, word) for word in words.split())
