"""Before the commit a cell is put right or a repair is taken back, and the review is another."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.store import audit_event
from gateway.actions.correct_cell import CheckedRow, correct_cell, undo_repair
from gateway.actions.import_roster import cancel_import
from gateway.errors import (
    BadInput,
    ImportClosed,
    NotAllowed,
    NotFound,
    ReviewStale,
    RulesBroken,
    UnreadableList,
)
from gateway.wiring import Wiring
from policies.facts import Field
from policies.findings import Code
from policies.permissions import Role
from tests.gateway.actions.listing import (
    Person,
    commit,
    items_of,
    line,
    people_count,
    review,
    upload,
)
from tests.town import Town

EVA, OLGA = Person.child(1), Person.adult(101)
SPOILED = EVA.but(email="mailto:Person1@example.org", snils="1")


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def correct(
    town: Town,
    import_id: UUID,
    column: str,
    text: str | None,
    row: int = 2,
    role: Role = Role.REGISTRAR,
) -> CheckedRow:
    with town.by(role) as unit:
        return correct_cell(unit, import_id, row, column, text)


def undo(town: Town, import_id: UUID, column: str, row: int = 2) -> CheckedRow:
    with town.by(Role.REGISTRAR) as unit:
        return undo_repair(unit, import_id, row, column)


def kinds(town: Town) -> list[str]:
    with town.wiring.looking() as look:
        found = look.connection.scalars(sa.select(audit_event.c.kind))
        return [kind for kind in found if kind.startswith("import.")]


def test_a_typed_cell_is_in_the_register_after_the_commit(town: Town):
    import_id = upload(town, line(SPOILED, OLGA))
    before = review(town, import_id)
    assert before.written[2, "СНИЛС"] == "1"
    told = correct(town, import_id, "СНИЛС", EVA.snils)
    assert Code.SNILS_LENGTH not in {finding.code for finding in told.findings}
    assert [repair.code for repair in told.repairs] == [Code.EMAIL_TIDIED]
    commit(town, import_id, review(town, import_id).digest)
    assert items_of(town, 1).values[Field.SNILS] == EVA.snils


def test_a_review_from_before_is_stale(town: Town):
    import_id = upload(town, line(SPOILED, OLGA))
    digest = review(town, import_id).digest
    correct(town, import_id, "Телефон", EVA.phone)
    with pytest.raises(ReviewStale):
        commit(town, import_id, digest)
    assert people_count(town) == 0


def test_a_typed_cell_is_repaired_and_doubted_like_the_files(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    told = correct(town, import_id, "Телефон", "'8 (900) 000-00-55")
    assert [repair.code for repair in told.repairs] == [Code.NUMBER_TIDIED]
    told = correct(town, import_id, "Телефон", OLGA.phone)
    assert Code.DUPLICATE_PHONE in {finding.code for finding in told.findings}
    told = correct(town, import_id, "Телефон", None)
    assert Code.ITEM_MISSING in {finding.code for finding in told.findings}


def test_a_typed_cell_ends_the_collision_in_another_row(town: Town):
    other = line(
        Person.child(2, "Сосновый Пётр Ильич").but(phone=EVA.phone),
        Person.adult(102, "Сосновая Анна Ивановна"),
    )
    import_id = upload(town, line(EVA, OLGA), other)
    assert Code.DUPLICATE_PHONE in {f.code for f in review(town, import_id).findings}
    correct(town, import_id, "Телефон", "89000000077")
    assert Code.DUPLICATE_PHONE not in {f.code for f in review(town, import_id).findings}


def test_a_nameless_row_can_be_put_right(town: Town):
    import_id = upload(town, line(EVA.but(name="Ёлкина  Юрьевна"), OLGA))
    seen = review(town, import_id)
    assert not seen.is_committable
    correct(town, import_id, "Имя", "Ева")
    commit(town, import_id, review(town, import_id).digest)
    assert items_of(town, 1).values[Field.GIVEN_NAME] == "Ева"


def test_a_repair_taken_back_leaves_the_cell_in_doubt(town: Town):
    import_id = upload(town, line(EVA.but(email="mailto:Person1@example.org"), OLGA))
    digest = review(town, import_id).digest
    told = undo(town, import_id, "Эл. почта")
    assert told.repairs == ()
    assert [(f.code, f.row, f.column) for f in told.findings] == [
        (Code.REPAIR_UNDONE, 2, "Эл. почта")
    ]
    seen = review(town, import_id)
    assert seen.written[2, "Эл. почта"] == "mailto:Person1@example.org"
    with pytest.raises(ReviewStale):
        commit(town, import_id, digest)
    commit(town, import_id, seen.digest)
    assert Field.EMAIL not in items_of(town, 1).values


def test_undone_twice_is_undone_once_and_a_correction_ends_it(town: Town):
    import_id = upload(town, line(EVA.but(email="mailto:Person1@example.org"), OLGA))
    assert undo(town, import_id, "Эл. почта") == undo(town, import_id, "Эл. почта")
    told = correct(town, import_id, "Эл. почта", EVA.email)
    assert told == CheckedRow((), ())
    with pytest.raises(BadInput):
        undo(town, import_id, "Эл. почта")


def test_every_edit_has_its_event_and_no_value(town: Town):
    import_id = upload(town, line(SPOILED, OLGA))
    correct(town, import_id, "СНИЛС", EVA.snils)
    undo(town, import_id, "Эл. почта")
    assert kinds(town) == ["import.uploaded", "import.cell_corrected", "import.repair_undone"]
    with town.wiring.looking() as look:
        bodies = b"".join(look.connection.scalars(sa.select(audit_event.c.body)))
    assert EVA.snils.encode() not in bodies


@pytest.mark.parametrize(
    ("row", "column"),
    [
        pytest.param(1, "СНИЛС", id="title"),
        pytest.param(9, "СНИЛС", id="below the list"),
        pytest.param(2, "Адрес", id="no such column"),
    ],
)
def test_only_cells_of_the_list_are_edited(town: Town, row: int, column: str):
    import_id = upload(town, line(EVA, OLGA))
    with pytest.raises(BadInput):
        correct(town, import_id, column, "1", row)
    with pytest.raises(BadInput):
        undo(town, import_id, column, row)


def test_where_nothing_was_repaired_nothing_is_undone(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    with pytest.raises(BadInput):
        undo(town, import_id, "Эл. почта")


def test_nothing_is_edited_after_the_end(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    with town.by(Role.REGISTRAR) as unit:
        cancel_import(unit, import_id)
    with pytest.raises(ImportClosed):
        correct(town, import_id, "СНИЛС", EVA.snils)


def test_another_school_and_another_worker_edit_nothing(town: Town, wiring: Wiring):
    import_id = upload(town, line(EVA, OLGA))
    other = Town(wiring, 29)
    with pytest.raises(NotFound):
        correct(other, import_id, "СНИЛС", EVA.snils)
    with pytest.raises(NotFound):
        correct(town, import_id, "Телефон", EVA.phone, role=Role.TUTOR)


def test_a_tutor_moves_nobody_into_another_class(town: Town):
    import_id = upload(town, line(EVA, OLGA), role=Role.TUTOR)
    correct(town, import_id, "Телефон", EVA.phone, role=Role.TUTOR)
    with pytest.raises(NotAllowed):
        correct(town, import_id, "Класс", "7Г", role=Role.TUTOR)


def test_a_list_of_which_nothing_would_be_left_stays_as_it_was(town: Town):
    bare = EVA.but(name="Ёлкина", born="", snils="", email="", phone="")
    import_id = upload(town, line(bare))
    digest = review(town, import_id).digest
    with pytest.raises(UnreadableList):
        correct(town, import_id, "Фамилия", None)
    assert review(town, import_id).digest == digest


def test_misread_columns_keep_the_list_out(town: Town):
    swapped = [
        line(Person.child(n, f"Ёлкина Ева {n}.03.2015", "Юрьевна"), Person.adult(100 + n))
        for n in range(1, 5)
    ]
    import_id = upload(town, *swapped)
    seen = review(town, import_id)
    assert not seen.is_committable
    with pytest.raises(RulesBroken) as refused:
        commit(town, import_id, seen.digest)
    assert Code.COLUMNS_MISREAD in {f.code for f in refused.value.findings}
    assert people_count(town) == 0
