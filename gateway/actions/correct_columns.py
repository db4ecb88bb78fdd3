"""Say of a column of a draft what it holds, where its title was understood otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from gateway.actions.import_draft import a_draft, open_draft, seal_draft
from gateway.actions.pinned_rules import rules_of
from gateway.errors import BadInput
from gateway.intake.rows import lists_in
from gateway.unit import Unit

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
_WHOSE = {"pupil": "Ученик", "rep1": "Представитель 1", "rep2": "Представитель 2"}
LEFT_ALONE = "-"
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "pupil.class": "Класс",
        **{
            f"{part}.{item}": f"{whose}: {words}"
            for part, whose in _WHOSE.items()
            for item, words in _ITEMS.items()
        },
        "rep1.relation": "Представитель 1: кем приходится",
        "rep2.relation": "Представитель 2: кем приходится",
        LEFT_ALONE: "Не читать",
    }
)
"""Meaning of a column -> the title that says it, which people read too."""


def correct_columns(unit: Unit, import_id: UUID, meanings: Mapping[tuple[int, int], str]) -> None:
    """Read the draft again with these meanings: (number of the list, column) -> of `MEANINGS`.

    Cells that were typed before are dropped. Raises `BadInput`, `UnreadableList`, `NotFound`,
    `ImportClosed`.
    """
    unit.lock_school()
    found, draft = open_draft(unit, import_id)
    lists = lists_in(draft.kept.tables, draft.kept.sheet)
    places = {
        (number, column.index)
        for number, (_, header) in enumerate(lists)
        for column in header.columns
    }
    if not set(meanings) <= places or not set(meanings.values()) <= MEANINGS.keys():
        raise BadInput({"/columns": "choice_unknown"})
    kept = draft.kept.retitled({at: MEANINGS[meaning] for at, meaning in meanings.items()})
    collection = unit.collections.get(unit.school_id, found.collection_id)
    today = unit.schools.get(unit.school_id).today(unit.now)
    told = a_draft(kept.read(rules_of(collection), today), kept, draft.salt)
    row = lists[0][1].row
    event = unit.record("import.cell_corrected", import_id=import_id, row=row)
    unit.imports.replace_draft(unit.school_id, import_id, seal_draft(unit, told), event)
