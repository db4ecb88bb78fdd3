"""A class list on pages: from a file or pasted cells to the register."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import UUID

import pytest

from gateway.actions.correct_columns import MEANINGS
from gateway.actions.import_draft import open_draft
from gateway.intake.cells import Row, Table
from gateway.intake.columns import find_header
from gateway.intake.meanings import LEFT_ALONE
from policies.facts import Field
from policies.permissions import Role
from tests.gateway.web.pages.school.conftest import Browser, Desks
from tests.town import HEADER, Child, class_list

CHILD = Child(1, guardians=(101,))


def pasted(*lines: str) -> str:
    """Cells as a browser gets them from a spreadsheet."""
    return "\r\n".join(line.replace(";", "\t") for line in (HEADER, *lines))


def upload(desks: Desks, browser: Browser, cells: str, status: int = 200) -> str:
    browser.open(f"{desks.collection}/lists")
    return browser.post(f"{desks.collection}/lists", {"cells": cells}, status)


def path_of(browser: Browser) -> str:
    assert browser.page is not None
    path: str = browser.page.request.path
    return path


def digest(browser: Browser) -> str:
    assert browser.page is not None
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', browser.page.text)
    assert found
    return found[1]


def commit(browser: Browser, status: int = 200, **more: object) -> str:
    path = path_of(browser)
    browser.open(f"{path}/changes")
    return browser.send(f"{path}/commit", status, digest=digest(browser), **more)


def test_pasted_cells_become_a_class(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    told = upload(desks, tutor, pasted(CHILD.line()))
    assert "1 в списке" in told
    assert "Исправлять нечего" in told
    commit(tutor)
    assert "Класс 7А" in tutor.text
    assert "Список записан: новых людей 2" in tutor.text


def test_a_file_becomes_a_class(desks: Desks):
    registrar = desks.of(Role.REGISTRAR)
    registrar.open(f"{desks.collection}/lists")
    data = {"file": (BytesIO(class_list([CHILD])), "7а.csv"), "cells": ""}
    registrar.post(f"{desks.collection}/lists", data)
    assert "7А 1 2 0 0 0" in registrar.open(f"{path_of(registrar)}/changes")


def test_a_bad_cell_is_mended_where_it_is_told(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    told = upload(desks, tutor, pasted(CHILD.line().replace("+79000000001", "8900")))
    assert "Строка 2 Ёлкина Ева Юрьевна Телефон" in told
    path = path_of(tutor)
    cell = {"cell-0": "+79000000001", "was-0": "8900", "row-0": "2", "column-0": "Телефон"}
    assert "Исправлять нечего" in tutor.post(f"{path}/cells", cell)


WRONG = pasted(CHILD.line().replace("+79000000001", "8900"))


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        pytest.param("+79000000001", "Что изменится", id="right"),
        pytest.param("8901", "не всё вписано верно", id="wrong"),
        pytest.param("8900", "Что изменится", id="left as it was"),
    ],
)
def test_whoever_goes_on_loses_nothing_that_was_typed(desks: Desks, typed: str, heading: str):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, WRONG)
    path = path_of(tutor)
    cell = {"cell-0": typed, "was-0": "8900", "row-0": "2", "column-0": "Телефон"}
    assert heading in tutor.post(f"{path}/cells", {**cell, "next": "yes"})
    tutor.open(path)
    assert tutor.page is not None
    assert (typed in tutor.page.text) == (typed != "+79000000001")


def test_what_was_typed_stays_beside_what_the_file_has(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, pasted(CHILD.line().replace("+79000000001", "8900")))
    cell = {"cell-0": "8901", "was-0": "8900", "row-0": "2", "column-0": "Телефон"}
    assert "В файле: 8900" in tutor.post(f"{path_of(tutor)}/cells", cell)
    assert tutor.page is not None
    assert 'value="8901"' in tutor.page.text


def test_a_repair_is_listed_and_can_be_taken_back(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    told = upload(desks, tutor, pasted(CHILD.line().replace("Ёлкина;", "ЁЛКИНА;")))
    assert "Исправили сами: 1" in told
    assert "ЁЛКИНА Ёлкина" in told
    told = tutor.post(f"{path_of(tutor)}/repairs", {"repair": "2:Фамилия"})
    assert "Исправление отменено" in told
    assert "1 исправить" in told


def test_columns_are_read_as_a_person_says(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    wrong = pasted(CHILD.line()).replace("Фамилия\tИмя", "Имя\tФамилия")
    upload(desks, tutor, wrong)
    path = path_of(tutor)
    told = tutor.open(f"{path}/columns")
    assert "Имя Например: Ёлкина" in told
    said = {"column-0-1": "pupil.family_name", "column-0-2": "pupil.given_name"}
    tutor.post(f"{path}/columns", said)
    commit(tutor)
    assert "новых людей 2" in tutor.text


@pytest.mark.parametrize("meaning", [each for each in MEANINGS if each != LEFT_ALONE])
def test_every_meaning_that_is_offered_can_be_read(meaning: str):
    titles = ("Ученик: фамилия", "Ученик: имя", "Ученик: СНИЛС", "Непонятно что")
    header = find_header(Table("csv", "", (Row(1, titles),), said={3: meaning}))
    assert {f"{c.part}.{c.role}": c.title for c in header.columns}[meaning] == "Непонятно что"


def strange(title: str = "Куда писать маме", cells: str = "") -> str:
    """The usual list, in which the e-mail of the mother stands under a title of its own."""
    kin = HEADER.replace("Законный представитель 1: ФИО", "ФИО матери")
    kin = kin.replace("Эл. почта представителя", title, 1)
    line = cells or CHILD.line()
    return "\r\n".join(each.replace(";", "\t") for each in (kin, line))


def test_a_column_that_nobody_understood_is_asked_about_first(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    told = upload(desks, tutor, strange())
    assert path_of(tutor).endswith("/columns")
    assert "Нет столбца: Представитель 1 (мать): электронная почта." in told
    asked = told.index("Эти столбцы мы не поняли")
    assert asked < told.index("Куда писать маме Например: person101@example.org")
    assert 'value="rep1.email" selected' not in tutor.page.text


def test_a_column_is_read_as_the_teacher_says_and_the_others_stay(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, strange())
    list_path = path_of(tutor).removesuffix("/columns")
    told = tutor.post(f"{list_path}/columns", {"column-0-12": "rep1.email"})
    assert "Исправлять нечего" in told
    again = tutor.open(f"{list_path}/columns")
    assert "мы не поняли" not in again
    assert 'value="rep1.email" selected' in tutor.page.text
    tutor.open(list_path)
    commit(tutor)
    with desks.town.by(Role.REGISTRAR) as unit:
        kept = unit.people.items(desks.town.school_id).values()
    assert "person101@example.org" in {each.values.get(Field.EMAIL) for each in kept}


def test_a_column_that_is_not_needed_leaves_the_draft_at_once(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, strange("Любимый цвет"))
    path = path_of(tutor)
    tutor.post(path, {"column-0-12": "-"})
    told = tutor.open(path)
    assert "Не читали и не сохранили: Любимый цвет" in told
    assert "person101@example.org" not in told
    tutor.post(path, {"column-0-12": "rep1.email"}, 422)


@pytest.mark.parametrize("meaning", ["rep1.email", "-"])
def test_a_choice_sent_twice_is_made_once(desks: Desks, meaning: str):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, strange())
    path = path_of(tutor)
    first = tutor.post(path, {"column-0-12": meaning})
    assert tutor.post(path, {"column-0-12": meaning}) == first


def test_once_nothing_lacks_no_unknown_column_is_kept(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    titles, line = strange().split("\r\n")
    cells = line.split("\t")
    cells += [""] * (len(titles.split("\t")) - len(cells))
    upload(desks, tutor, f"{titles}\tДиагноз\r\n" + "\t".join([*cells, "тайна"]))
    path = path_of(tutor)
    assert "тайна" in tutor.open(path)
    tutor.post(path, {"column-0-12": "rep1.email"})
    import_id = UUID(path.split("/")[-2])
    with desks.town.by(Role.TUTOR) as unit:
        _, draft = open_draft(unit, import_id)
    assert "тайна" not in {
        cell for table in draft.kept.tables for row in table.rows for cell in row.cells
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"column-0-12": "rep1.phone"}, "Это уже выбрано для другого столбца."),
        ({"column-0-12": "rep1.shoe_size"}, "Выберите один из вариантов."),
        ({"column-0-200": "rep1.email"}, "Выберите один из вариантов."),
        ({"column-7-12": "rep1.email"}, "Выберите один из вариантов."),
        ({"column-0-1": "-", "column-0-8": "-", "column-0-14": "-"}, "Не осталось столбца с ФИО."),
    ],
    ids=["taken", "no meaning", "no column", "no list", "nobody named"],
)
def test_a_choice_that_makes_no_sense_comes_back(desks: Desks, said: dict[str, object], told: str):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, strange())
    path = path_of(tutor)
    assert told in tutor.post(path, said, 422)
    assert "мы не поняли" in tutor.open(path)


def test_a_list_with_every_item_is_asked_nothing_about_its_other_columns(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    coloured = pasted(f"{CHILD.line()};;;;;;;красный").replace("\r\n", "\tЦвет\r\n", 1)
    told = upload(desks, tutor, coloured)
    assert not path_of(tutor).endswith("/columns")
    assert "Не читали столбцы: Цвет" in told


def test_what_was_typed_stays_when_a_column_is_said(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, strange(cells=CHILD.line().replace("+79000000001", "8900")))
    path = path_of(tutor).removesuffix("/columns")
    cell = {"cell-0": "+79000000001", "was-0": "8900", "row-0": "2", "column-0": "Телефон"}
    tutor.post(f"{path}/cells", cell)
    assert "Исправлять нечего" in tutor.post(f"{path}/columns", {"column-0-12": "rep1.email"})


def test_an_empty_upload_is_told_and_a_broken_one_comes_back(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    assert "Выберите файл" in upload(desks, tutor, "  ", 422)
    told = upload(desks, tutor, "купить хлеба", 422)
    assert "купить хлеба" in told


def test_the_marked_list_is_an_xlsx_that_no_browser_keeps(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, pasted(CHILD.line().replace("+79000000001", "8900")))
    answer = tutor.http.get(f"{path_of(tutor)}/marked.xlsx")
    assert answer.data.startswith(b"PK")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_list_sent_twice_is_written_once(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, pasted(CHILD.line()))
    path = path_of(tutor)
    tutor.open(f"{path}/changes")
    known, token = digest(tutor), tutor.token()
    for words in ("Список записан", "уже записан"):
        answer = tutor.http.post(
            f"{path}/commit",
            data={"digest": known, "form_token": token},
            follow_redirects=True,
        )
        assert words in answer.text


def test_what_changed_since_it_was_shown_is_not_written(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, pasted(CHILD.line()))
    path = path_of(tutor)
    tutor.send(f"{path}/commit", 409, digest="0" * 64)


def test_drafts_are_kept_listed_and_thrown_away(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    upload(desks, tutor, pasted(CHILD.line()))
    path = path_of(tutor)
    assert "Список от 1 сентября 2026 года" in tutor.open(f"{desks.collection}/lists")
    assert "Черновик списка удалён" in tutor.send(f"{path}/cancel")
    assert "Список от" not in tutor.open(f"{desks.collection}/lists")
    tutor.open(path, 409)


FORGED: dict[str, dict[str, object]] = {
    "/cells": {"cell-0": "x", "was-0": "y", "row-0": "2", "column-0": "Телефон"},
    "/repairs": {"repair": "2:Телефон"},
    "/columns": {"column-0-1": "pupil.given_name"},
    "/commit": {"digest": "0" * 64},
    "/cancel": {},
}


def test_a_draft_of_another_is_not_there(desks: Desks):
    registrar = desks.of(Role.REGISTRAR)
    upload(desks, registrar, pasted(CHILD.line()))
    for part in ("", "/columns", "/changes"):
        desks.of(Role.TUTOR).open(path_of(registrar) + part, 404)
    tutor = desks.of(Role.TUTOR)
    for part, sent in FORGED.items():
        tutor.open(f"{desks.collection}/lists")
        tutor.post(path_of(registrar) + part, sent, 404)
    desks.of(Role.DIRECTOR).open(path_of(registrar), 403)


def test_a_whole_school_is_pasted_and_more_than_that_is_refused(desks: Desks):
    """Only the size is at stake here: remarks that nobody reads make the cells long."""
    registrar = desks.of(Role.REGISTRAR)
    filler = "ё" * 400
    rows = [f"{CHILD.line()};{filler}" for _ in range(1000)]
    assert len(pasted(*rows).encode()) > 1_000_000
    upload(desks, registrar, pasted(*rows))
    registrar.open(f"{desks.collection}/lists")
    too_much = {"cells": "ё" * 2_100_000}
    assert "слишком большой" in registrar.post(f"{desks.collection}/lists", too_much, 413)


def test_a_column_taken_for_the_class_can_be_put_right_whatever_class_it_names(desks: Desks):
    """Of two columns «Класс» the first is read, and names a class that is not the tutor's."""
    tutor = desks.of(Role.TUTOR)
    titles = HEADER.replace("Класс", "Класс;Класс", 1)
    line = CHILD.line().replace("7А", "9Б;7А", 1)
    upload(desks, tutor, pasted(line).replace(HEADER.replace(";", "\t"), titles.replace(";", "\t")))
    path = path_of(tutor)
    assert path.endswith("/columns")
    first = {"column-0-0": "-", "column-0-1": "pupil.class"}
    assert "Исправлять нечего" in tutor.post(path, first)


def test_a_remark_on_the_titles_counts_for_no_pupil(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    cells = pasted(CHILD.line(), Child(2, guardians=(102,)).line().replace("+79000000002", "8900"))
    upload(desks, tutor, cells.replace("Класс\t", "Класс\tКласс\t").replace("7А\t", "7А\t7А\t"))
    told = tutor.open(path_of(tutor).removesuffix("/columns"))
    assert "Класс (2): Два столбца об одном и том же." in told
    assert "2 в списке 1 готовы 1 исправить" in told
