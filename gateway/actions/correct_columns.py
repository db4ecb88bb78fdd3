"""Say of a column of a draft what it holds, where its title was understood otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from gateway.actions.import_draft import a_draft, open_draft, seal_draft
from gateway.actions.pinned_rules import rules_of
from gateway.errors import BadInput
from gateway.intake.columns import NAMING
from gateway.intake.meanings import LEFT_ALONE, REPRESENTATIVES, Part, meant
from gateway.intake.rows import lists_in
from gateway.intake.undecided import undecided
from gateway.intake.words import Role
from gateway.unit import Unit
from policies.facts import Field

_ITEMS = {
    "full_name": "ФИО",
    "family_name": "фамилия",
    "given_name": "имя",
    "patronymic": "отчество",
    "birth_date": "дата рождения",
    "snils": "СНИЛС",
    "email": "электронная почта",
    "phone": "телефон",
}
_WHOSE = {
    "pupil": "Ученик",
    "rep1": "Представитель 1",
    "rep2": "Представитель 2",
    "rep3": "Представитель 3",
}
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "pupil.class": "Класс",
        **{
            f"{part}.{item}": f"{whose}: {words}"
            for part, whose in _WHOSE.items()
            for item, words in _ITEMS.items()
        },
        **{f"{part}.relation": f"{_WHOSE[part]}: кем приходится" for part in REPRESENTATIVES},
        LEFT_ALONE: "Не нужен",
    }
)
"""Meaning of a column -> what people read."""


def correct_columns(unit: Unit, import_id: UUID, meanings: Mapping[tuple[int, int], str]) -> None:
    """Read the draft again with these meanings: (number of the list, column) -> of `MEANINGS`.

    What is left alone is blanked in the draft at once. Said twice it is said once. Whose classes
    the list names is asked by its review. Raises `BadInput`, `UnreadableList`, `NotFound`,
    `ImportClosed`.
    """
    unit.lock_school()
    found, draft = open_draft(unit, import_id)
    lists = lists_in(draft.kept.tables, draft.kept.sheet)
    before = {(n, at): told for n, (each, _) in enumerate(lists) for at, told in each.said.items()}
    meanings = {at: meaning for at, meaning in meanings.items() if before.get(at) != meaning}
    if not meanings:
        return
    known = {
        (number, column.index): (column.part, column.role)
        for number, (_, header) in enumerate(lists)
        for column in header.columns
    }
    rules = rules_of(unit.collections.get(unit.school_id, found.collection_id))
    asked = {(n, at) for n, each in enumerate(lists) for at in undecided(*each, rules)}
    if not meanings.keys() <= known.keys() | asked or not set(meanings.values()) <= MEANINGS.keys():
        raise BadInput({"/columns": "choice_unknown"})
    _require_sense(known, meanings)
    kept = draft.kept.as_said(meanings, rules)
    today = unit.schools.get(unit.school_id).today(unit.now)
    told = a_draft(kept.read(rules, today), kept, draft.salt)
    row = lists[0][1].row
    event = unit.record("import.cell_corrected", import_id=import_id, row=row)
    unit.imports.replace_draft(unit.school_id, import_id, seal_draft(unit, told), event)


def _require_sense(
    known: Mapping[tuple[int, int], tuple[Part, Field | Role]],
    meanings: Mapping[tuple[int, int], str],
) -> None:
    """One column for one item of one person, and somebody's name in every list."""
    wrong: dict[str, str] = {}
    then = {at: each for at, each in known.items() if at not in meanings}
    for at, meaning in sorted(meanings.items()):
        if meaning == LEFT_ALONE:
            continue
        if any(at[0] == other[0] and meant(meaning) == each for other, each in then.items()):
            wrong["/column-{}-{}".format(*at)] = "column_twice"
        then[at] = meant(meaning)
    named = {number for (number, _), (_, role) in then.items() if role in NAMING}
    if {number for number, _ in known} - named:
        wrong["/form"] = "column_of_names"
    if wrong:
        raise BadInput(wrong)
