"""Single cells and lines: what is repaired, what is doubted, what is nobody."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.intake.rows import Intake, intake
from policies.facts import Absence, Field, GuardianKind
from policies.findings import Code
from policies.programme import load_programme
from policies.snils import check_number
from tests.factories import a_snils

TODAY = date(2026, 9, 1)
CELLS = {
    "Класс": "7А",
    "Фамилия": "Ёлкин",
    "Имя": "Егор",
    "Отчество": "Юрьевич",
    "Дата рождения": "05.03.2013",
    "СНИЛС": a_snils(1),
    "Почта": "person1@example.org",
    "Телефон": "89000000001",
    "ФИО родителя": "Ёлкина Ева Юрьевна",
    "Кем приходится": "мать",
    "Дата рождения родителя": "07.05.1985",
    "СНИЛС родителя": a_snils(2),
    "Почта родителя": "person2@example.org",
    "Телефон родителя": "89000000002",
}


def read(*lines: dict[str, str], without: tuple[str, ...] = ()) -> Intake:
    """A CSV of lines that differ from `CELLS`; a title of a line that is new adds a column."""
    cells = {title: value for title, value in CELLS.items() if title not in without}
    titles = list(dict.fromkeys([*cells, *(title for line in lines for title in line)]))
    rows = [titles, *([(cells | line).get(title, "") for title in titles] for line in lines)]
    text = "\n".join("\t".join(row) for row in rows)
    return intake(text.encode(), "x.csv", load_programme("mesh-2020"), TODAY)


def codes(found: Intake) -> set[tuple[str, str | None]]:
    return {(f.code, f.column) for f in found.findings}


EATEN = "001234567" + check_number("001234567")


@pytest.mark.parametrize(
    ("title", "cell", "field", "value", "code"),
    [
        pytest.param(
            "СНИЛС", EATEN[2:], Field.SNILS, EATEN, Code.SNILS_ZERO_RESTORED, id="two zeros"
        ),
        pytest.param(
            "Имя", "Eгoр", Field.GIVEN_NAME, "Егор", Code.NAME_LOOKALIKES_REPAIRED, id="letters"
        ),
        pytest.param(
            "Почта", "mailto:A@example.org", Field.EMAIL, "a@example.org", Code.EMAIL_TIDIED,
            id="mailto",
        ),
        pytest.param(
            "Телефон", "89000000001.0", Field.PHONE, "+79000000001", Code.NUMBER_TIDIED,
            id="point zero",
        ),
        pytest.param("Имя", "ЕГОР", Field.GIVEN_NAME, "Егор", Code.NAME_CASE, id="capitals"),
        pytest.param("Имя", "'Егор,", Field.GIVEN_NAME, "Егор", Code.NAME_TIDIED, id="signs"),
        pytest.param(
            "Телефон", "'+7 (900) 000-00-01", Field.PHONE, "+79000000001", Code.NUMBER_TIDIED,
            id="apostrophe",
        ),
        pytest.param(
            "Дата рождения", "41338", Field.BIRTH_DATE, "2013-03-05", Code.DATE_FROM_SERIAL,
            id="serial",
        ),
        pytest.param(
            "Дата рождения", "5.3.13", Field.BIRTH_DATE, "2013-03-05", Code.DATE_CENTURY,
            id="two digits",
        ),
    ],
)  # fmt: skip
def test_a_repair_is_made_and_listed(
    title: str, cell: str, field: Field, value: str, code: Code
) -> None:
    found = read({title: cell})
    (repair,) = found.repairs
    assert found.rows[0].items.values[field] == value
    assert (repair.row, repair.column, repair.code) == (2, title, code)
    assert repair.before == cell
    assert cell not in repr(repair)
    assert found.doubtful == frozenset()


@pytest.mark.parametrize(
    ("title", "cell", "field", "value"),
    [
        pytest.param("Имя", "  Егор ", Field.GIVEN_NAME, "Егор", id="blanks"),
        pytest.param("Телефон", "+7 (900) 000-00-01", Field.PHONE, "+79000000001", id="brackets"),
        pytest.param("Дата рождения", "5/3/2013", Field.BIRTH_DATE, "2013-03-05", id="slashes"),
    ],
)
def test_ordinary_writing_is_no_repair(title: str, cell: str, field: Field, value: str) -> None:
    found = read({title: cell})
    assert found.rows[0].items.values[field] == value
    assert found.repairs == ()


@pytest.mark.parametrize(
    ("title", "cell", "code"),
    [
        pytest.param("СНИЛС", "11223344500", Code.SNILS_CHECK, id="check number"),
        pytest.param("СНИЛС", "1122334450", Code.SNILS_LENGTH, id="no zero was eaten"),
        pytest.param("Почта", "ivаn@example.org", Code.EMAIL_LETTERS, id="Cyrillic а"),
        pytest.param("Телефон", "89000000001, 89000000002", Code.PHONE_SEVERAL, id="two phones"),
        pytest.param("Дата рождения", "2012", Code.DATE_FORM, id="a year alone"),
        pytest.param("Отчество", "Юр1евич", Code.NAME_DIGIT, id="digit"),
        pytest.param("Телефон родителя", "8900", Code.PHONE_LENGTH, id="of the parent"),
        pytest.param("ФИО родителя", "Ёлкина", Code.NAME_PARTS, id="one word"),
        pytest.param("Кем приходится", "бабушка", Code.RELATION_UNKNOWN, id="no representative"),
        pytest.param("Кем приходится", "", Code.RELATION_UNKNOWN, id="no relation"),
    ],
)
def test_a_bad_cell_is_pointed_out_once(title: str, cell: str, code: Code) -> None:
    found = read({title: cell})
    assert (code, title) in codes(found)
    assert (Code.ITEM_MISSING, title) not in codes(found)
    assert found.doubtful == {2}
    assert found.counts.doubtful == 1
    assert len(found.rows) == 1


@pytest.mark.parametrize("cell", ["", "нет", "-", "—", "НЕТ ДАННЫХ", "отсутствует", "б/н"])
def test_a_contact_that_is_not_there_is_missing(cell: str) -> None:
    found = read({"Почта": cell})
    assert (Code.ITEM_MISSING, "Почта") in codes(found)
    assert Field.EMAIL not in found.rows[0].items.absent


@pytest.mark.parametrize(
    ("title", "reason", "field", "absence"),
    [
        pytest.param(
            "Причина отсутствия телефона", "нет устройства", Field.PHONE, Absence.NO_DEVICE,
            id="of one item",
        ),
        pytest.param(
            "Причина отсутствия", "Нет телефона", Field.PHONE, Absence.NO_DEVICE, id="any",
        ),
        pytest.param(
            "Причина отсутствия", "иностранный гражданин", Field.SNILS, Absence.FOREIGN,
            id="foreign",
        ),
    ],
)  # fmt: skip
def test_a_column_of_reasons_explains(
    title: str, reason: str, field: Field, absence: Absence
) -> None:
    cell = {Field.PHONE: "Телефон", Field.SNILS: "СНИЛС"}[field]
    found = read({cell: "нет", title: reason})
    assert found.rows[0].items.absent == {field: absence}
    assert (Code.ABSENCE_UNKNOWN, title) not in codes(found)


def test_a_reason_that_nobody_understands_is_pointed_out() -> None:
    found = read({"Телефон": "", "Причина отсутствия телефона": "потом"})
    assert (Code.ABSENCE_UNKNOWN, "Причина отсутствия телефона") in codes(found)


def test_a_reason_does_not_explain_a_value_away() -> None:
    found = read({"Причина отсутствия телефона": "нет телефона"})
    assert Field.PHONE in found.rows[0].items.values
    assert found.rows[0].items.absent == {}


def test_a_snils_may_say_itself_why_it_is_not_there() -> None:
    found = read({"СНИЛС": "не выдан"})
    assert found.rows[0].items.absent == {Field.SNILS: Absence.NOT_ISSUED}


@pytest.mark.parametrize("cell", ["нет", "-", "без отчества"])
def test_no_patronymic_is_a_statement(cell: str) -> None:
    found = read({"Отчество": cell})
    assert found.rows[0].items.absent == {Field.PATRONYMIC: Absence.NONE_BY_LAW}
    assert found.doubtful == frozenset()


def test_an_empty_patronymic_is_none_with_a_hint() -> None:
    found = read({"Отчество": "", "ФИО родителя": "Ёлкина Ева"})
    (row,) = found.rows
    assert row.items.absent == {Field.PATRONYMIC: Absence.NONE_BY_LAW}
    assert row.representatives[0].items.absent == {Field.PATRONYMIC: Absence.NONE_BY_LAW}
    assert codes(found) == {
        (Code.PATRONYMIC_EMPTY, "Отчество"),
        (Code.PATRONYMIC_EMPTY, "ФИО родителя"),
    }
    assert found.doubtful == frozenset()


def test_a_patronymic_that_cannot_be_read_or_has_no_column_is_not_taken_for_none() -> None:
    assert read({"Отчество": "Юр1евич"}).rows[0].items.absent == {}
    assert read({}, without=("Отчество",)).rows[0].items.absent == {}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Мама", GuardianKind.PARENT),
        ("отец", GuardianKind.PARENT),
        ("папа", GuardianKind.PARENT),
        ("родитель", GuardianKind.PARENT),
        ("опекун", GuardianKind.GUARDIAN),
        ("приёмная мать", GuardianKind.GUARDIAN),
        ("попечитель", GuardianKind.TRUSTEE),
        ("усыновитель", GuardianKind.ADOPTER),
        ("тётя", GuardianKind.GUARDIAN),
    ],
)
def test_a_relation_tells_the_kind_and_a_stranger_needs_a_document(
    said: str, kind: GuardianKind
) -> None:
    (representative,) = read({"Кем приходится": said}).rows[0].representatives
    assert representative.kind is kind
    assert representative.relation == said.casefold()


def test_without_a_column_a_parent_is_a_parent_by_the_title() -> None:
    (representative,) = read({}, without=("Кем приходится",)).rows[0].representatives
    assert (representative.kind, representative.relation) == (GuardianKind.PARENT, "родитель")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"Фамилия": ""}, id="no family name"),
        pytest.param({"Имя": "нет"}, id="no given name"),
        pytest.param({"Имя": "Е."}, id="initial"),
        pytest.param({"Класс": ""}, id="no class"),
        pytest.param({"Класс": "дошкольники"}, id="no class of ours"),
    ],
)
def test_a_line_that_names_nobody_is_told(changes: dict[str, str]) -> None:
    found = read({}, changes | {"СНИЛС": a_snils(3), "Почта": "b@example.org"})
    assert found.nameless == {3}
    assert Code.ROW_NAMELESS in {f.code for f in found.findings if f.row == 3}
    assert found.counts.nameless == 1
    assert len(found.rows) == 1


def test_a_pupil_without_any_representative_is_told_at_the_name_of_the_first() -> None:
    nobody = dict.fromkeys([t for t in CELLS if "родителя" in t], "")
    assert (Code.NO_REPRESENTATIVE, "ФИО родителя") in codes(read(nobody))


def test_a_name_alone_is_a_pupil_who_lacks_items() -> None:
    bare = {t: "" for t in CELLS if t not in ("Класс", "Фамилия", "Имя", "Отчество")}
    found = read(bare)
    assert len(found.rows) == 1
    assert (Code.ITEM_MISSING, "СНИЛС") in codes(found)


def test_an_address_of_another_pupil_is_told_on_the_later_line() -> None:
    other = {
        "Имя": "Лев",
        "СНИЛС": a_snils(5),
        "Телефон": "89000000005",
    }
    found = read({}, other)
    assert [(f.code, f.row, f.column) for f in found.findings if f.row] == [
        (Code.DUPLICATE_EMAIL, 3, "Почта")
    ]
    assert Field.EMAIL in found.rows[0].items.values
    assert Field.EMAIL not in found.rows[1].items.values


def test_a_finding_of_the_second_representative_names_its_own_column() -> None:
    second = {
        "ФИО родителя 2": "Ёлкин Лев Юрьевич",
        "Кем приходится 2": "отец",
        "Дата рождения родителя 2": "01.02.1980",
        "СНИЛС родителя 2": a_snils(7),
        "Почта родителя 2": "нет",
        "Телефон родителя 2": "89000000007",
    }
    nobody = dict.fromkeys([t for t in CELLS if t.endswith("родителя")], "")
    for first in ({}, nobody):
        assert (Code.ITEM_MISSING, "Почта родителя 2") in codes(read(first | second))


def test_a_mistyped_domain_is_a_hint() -> None:
    found = read({"Почта": "person1@gmial.com"})
    assert (Code.EMAIL_DOMAIN_MISTYPED, "Почта") in codes(found)
    assert found.doubtful == frozenset()


def ten_lines(bad: int, title: str, cell: str) -> list[dict[str, str]]:
    """Ten pupils; the first `bad` have `cell` under `title`."""
    return [
        {
            "Фамилия": "Ёлкин" + "абвгдежзик"[n],
            "СНИЛС": a_snils(10 + n),
            "Почта": f"p{n}@example.org",
            "Телефон": f"8900000010{n}",
        }
        | ({title: cell} if n < bad else {})
        for n in range(10)
    ]


@pytest.mark.parametrize(("bad", "told"), [(3, False), (4, True)])
@pytest.mark.parametrize(
    ("title", "cell"),
    [
        pytest.param("Имя", "05.03.2013", id="day for a name"),
        pytest.param("Отчество", "89000000001", id="phone for a name"),
        pytest.param("ФИО родителя", "112-233-445 95", id="SNILS for a name"),
        pytest.param("СНИЛС", "+7 (900) 000-00-01", id="phone for a SNILS"),
        pytest.param("Телефон", "112-233-445 95", id="SNILS for a phone"),
        pytest.param("Почта", "Ёлкин Егор", id="name for an address"),
        pytest.param("Дата рождения", "person1@example.org", id="address for a day"),
        pytest.param("Класс", "Ёлкин Егор", id="name for a class"),
        pytest.param("Кем приходится", "112-233-445 95", id="SNILS for a kinship"),
    ],
)
def test_a_third_of_values_of_another_kind_means_misread_columns(
    title: str, cell: str, bad: int, told: bool
) -> None:
    found = read(*ten_lines(bad, title, cell))
    assert (Code.COLUMNS_MISREAD in {f.code for f in found.findings}) is told


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        pytest.param("Имя", "Егор1", id="digit in a name"),
        pytest.param("Почта", "", id="no address"),
        pytest.param("Почта", "same@example.org", id="address of another"),
        pytest.param("Телефон", "8900", id="phone too short"),
        pytest.param("СНИЛС", "11223344500", id="check number"),
        pytest.param("СНИЛС", "нет", id="said not to be there"),
        pytest.param("Класс", "дошкольники", id="no class of ours"),
        pytest.param("Кем приходится", "бабушка", id="no representative"),
        pytest.param("Дата рождения", "31.02.2013", id="no such day"),
    ],
)
def test_bad_values_of_the_right_kind_do_not(title: str, cell: str) -> None:
    found = read(*ten_lines(9, title, cell))
    assert not found.doubtful or len(found.doubtful) >= 8
    assert Code.COLUMNS_MISREAD not in {f.code for f in found.findings}
