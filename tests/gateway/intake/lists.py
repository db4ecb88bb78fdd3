"""One truth in many hands: pupils whose data is known, and the class lists made of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from policies.snils import check_number, format_snils
from tests.factories import a_snils
from tests.gateway.intake import writers

TODAY = date(2026, 9, 1)
Person = dict[str, str]
Words = dict[str, str]

# title of an item, for a pupil and for a representative («{who}»: in the genitive, numbered or by
# kinship); every set can be told apart in any order of columns
TITLES: dict[str, tuple[Words, Words]] = {
    "letter": (
        {
            "class": "Класс",
            "full": "ФИО обучающегося",
            "family_name": "Фамилия",
            "given_name": "Имя",
            "patronymic": "Отчество",
            "birth_date": "Дата рождения",
            "snils": "СНИЛС",
            "email": "Эл. почта (ЕСИА)",
            "phone": "Телефон (ЕСИА)",
        },
        {
            "full": "Законный представитель {n}: ФИО",
            "family_name": "Законный представитель {n}: фамилия",
            "given_name": "Законный представитель {n}: имя",
            "patronymic": "Законный представитель {n}: отчество",
            "relation": "Законный представитель {n}: кем приходится",
            "birth_date": "Законный представитель {n}: дата рождения",
            "snils": "Законный представитель {n}: СНИЛС",
            "email": "Законный представитель {n}: эл. почта",
            "phone": "Законный представитель {n}: телефон",
        },
    ),
    "journal": (
        {
            "class": "Класс (с литерой)",
            "full": "Ф.И.О. учащегося",
            "family_name": "Фамилия ученика",
            "given_name": "Имя ученика",
            "patronymic": "Отчество ученика (при наличии)",
            "birth_date": "Дата рождения (дд.мм.гггг)",
            "snils": "СНИЛС ребенка",
            "email": "E-mail учащегося",
            "phone": "Моб. телефон ученика",
        },
        {
            "full": "ФИО родителя (законного представителя) {n}",
            "family_name": "Фамилия родителя {n}",
            "given_name": "Имя родителя {n}",
            "patronymic": "Отчество родителя {n}",
            "relation": "Степень родства (родитель {n})",
            "birth_date": "Дата рожд. родителя {n}",
            "snils": "СНИЛС родителя {n}",
            "email": "Электронная почта (Госуслуги) родителя {n}",
            "phone": "Сотовый родителя {n}",
        },
    ),
    "kin": (
        {
            "class": "Кл.",
            "full": "Ребёнок (фамилия, имя, отчество)",
            "family_name": "Фамилия ребёнка",
            "given_name": "Имя ребёнка",
            "patronymic": "Отчество ребёнка",
            "birth_date": "ДР ребёнка",
            "snils": "СНИЛС ребёнка",
            "email": "Электронный адрес ребёнка",
            "phone": "Тел. ребёнка",
        },
        {
            "full": "{kin}: ФИО",
            "family_name": "{kin}: фамилия",
            "given_name": "{kin}: имя",
            "patronymic": "{kin}: отчество",
            "birth_date": "{kin}: ДР",
            "snils": "{kin}: СНИЛС",
            "email": "{kin}: e-mail",
            "phone": "{kin}: тел.",
        },
    ),
    "look-alikes": (
        {
            "class": "KЛACC",
            "full": "ФИO УЧEHИKA",
            "family_name": "ФAMИЛИЯ",
            "given_name": "Имя  (полностью)",
            "patronymic": "Oтчество",
            "birth_date": "Дата\nрождения",
            "snils": "№ CHИЛC",
            "email": "Адрес электронной почты",
            "phone": "Контактный  телефон",
        },
        {
            "full": "Родитель №{n} (ФИО полностью)",
            "family_name": "Родитель №{n} Фамилия",
            "given_name": "Родитель №{n} Имя",
            "patronymic": "Родитель №{n} Отчество",
            "relation": "Кто (родитель №{n}), степень родства",
            "birth_date": "Родитель №{n} число, месяц, год рождения",
            "snils": "Родитель №{n} страховой номер (СНИЛС)",
            "email": "Родитель №{n} эл. ящик",
            "phone": "Родитель №{n} номер телефона",
        },
    ),
}
# The same under groups («Обучающийся», «Законный представитель 1» …): bare titles, in order.
BARE: Words = {
    "full": "ФИО",
    "family_name": "Фамилия",
    "given_name": "Имя",
    "patronymic": "Отчество",
    "relation": "Степень родства",
    "birth_date": "Дата рождения",
    "snils": "СНИЛС",
    "email": "Эл. почта",
    "phone": "Телефон",
}
NAMES = ("family_name", "given_name", "patronymic")
OTHERS = ("birth_date", "snils", "email", "phone")
KIN = ("мать", "отец", "опекун")

FAMILIES = ["Ёлкин", "О'Коннор", "Иванов-Петров", "Ким", "Мамедов", "Ньургун", "Аюшеев"]
GIVEN = ["Егор", "Лев", "Роман", "Анна-Мария", "Ия", "Фёдор"]
PATRONYMICS = ["Юрьевич", "Ильич", "Гасан оглы", "Фёдоровна", "Кузьминична", ""]


def a_person(number: int, born: date, relation: str = "") -> Person:
    """Every eleventh number has a SNILS whose leading zero a spreadsheet eats."""
    head = f"{10_000_000 + number:09d}"
    return {
        "family_name": FAMILIES[number % len(FAMILIES)],
        "given_name": GIVEN[number % len(GIVEN)],
        "patronymic": PATRONYMICS[number * 5 % len(PATRONYMICS)],
        "birth_date": born.isoformat(),
        "snils": head + check_number(head) if number % 11 == 0 else a_snils(number),
        "email": f"person{number}@example.org",
        "phone": f"+7900{number:07d}",
    } | ({"relation": relation} if relation else {})


def a_truth(pupils: int, start: int = 1) -> list[tuple[Person, list[Person]]]:
    """Pupils of two classes with one to three representatives each."""
    found = []
    for number in range(start, start + pupils):
        pupil = a_person(number, date(2012 + number % 2, 1 + number % 12, 1 + number % 28))
        pupil["class"] = "7А" if number < start + pupils // 2 else "7Б"
        people = [
            a_person(1000 * k + number, date(1980 + k, 1 + number % 12, 28 - number % 28), kin)
            for k, kin in enumerate(KIN[: 1 + number % 3], start=1)
        ]
        found.append((pupil, people))
    return found


DAYS: dict[str, Callable[[date], object]] = {
    "real": lambda day: day,
    "moment": lambda day: datetime.combine(day, time(12, 30)),
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "short": lambda day: f"{day.day}.{day.month}.{day.year}",
    "two digits": lambda day: f"{day:%d.%m.%y}",
    "slashes": lambda day: f"{day:%d/%m/%Y}",
    "ISO": lambda day: day.isoformat(),
    "export": lambda day: f"{day:%d.%m.%Y} 0:00:00",
    "words": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year} г.",
    "serial": lambda day: (day - date(1899, 12, 30)).days,
    "serial text": lambda day: str((day - date(1899, 12, 30)).days),
    "month name": lambda day: f"{day:%d}-{_MONTHS[day.month - 1][:3]}-{day:%Y}",
}
_MONTHS = [
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
]
PHONES: dict[str, Callable[[str], object]] = {
    "E.164": lambda phone: phone,
    "eight": lambda phone: "8" + phone[2:],
    "brackets": lambda phone: f"8 ({phone[2:5]}) {phone[5:8]}-{phone[8:10]}-{phone[10:]}",
    "ten": lambda phone: phone[2:],
    "number": lambda phone: int("8" + phone[2:]),
    "float text": lambda phone: "8" + phone[2:] + ".0",
    "blanks": lambda phone: f"+7 {phone[2:5]} {phone[5:8]} {phone[8:10]} {phone[10:]}",
    "apostrophe": lambda phone: "'" + phone,
}
NUMBERS: dict[str, Callable[[str], object]] = {
    "printed": format_snils,
    "plain": lambda snils: snils,
    "dashes": lambda snils: f"{snils[:3]}-{snils[3:6]}-{snils[6:9]}-{snils[9:]}",
    "blanks": lambda snils: f"{snils[:3]} {snils[3:6]} {snils[6:9]} {snils[9:]}",
    "number": int,
    "number text": lambda snils: str(int(snils)),
    "float text": lambda snils: f"{int(snils)}.0",
}
LAYOUTS = ("wide", "repeated", "blank below", "merged")
CLASSES = ("column", "parallel", "section", "sheets")


@dataclass(frozen=True)
class Variant:
    """How a school writes its list."""

    titles: str = "letter"
    is_grouped: bool = False
    pupil_names: str = "three"
    people_names: str = "one"
    days: str = "real"
    phones: str = "brackets"
    numbers: str = "printed"
    layout: str = "wide"
    classes: str = "column"
    order: int = 0
    above: int = 1
    has_ordinal: bool = True
    has_footer: bool = False
    blanks: bool = False


def a_list(
    truth: Sequence[tuple[Person, list[Person]]], variant: Variant
) -> tuple[dict[str, list[list[object]]], list[tuple[int, int, int]]]:
    """Sheets of rows, and merges (of the first sheet)."""
    if variant.classes != "sheets":
        rows, merges = _a_sheet(truth, variant)
        return {"Лист1": rows}, merges
    names = sorted({pupil["class"] for pupil, _ in truth})
    sheets = {
        name: _a_sheet([each for each in truth if each[0]["class"] == name], variant)[0]
        for name in names
    }
    return sheets, []


def _a_sheet(
    truth: Sequence[tuple[Person, list[Person]]], variant: Variant
) -> tuple[list[list[object]], list[tuple[int, int, int]]]:
    columns = _columns(truth, variant)
    rows: list[list[object]] = [
        ["Список обучающихся МБОУ СОШ", None, "на 1 сентября 2026 года"] if n % 2 else []
        for n in range(variant.above, 0, -1)
    ]
    if variant.is_grouped:
        rows.append([each.group for each in columns])
    rows.append([each.title for each in columns])
    if variant.classes == "column" and variant.above % 2:
        rows.append(list(range(1, len(columns) + 1)))
    merges: list[tuple[int, int, int]] = []
    section = None
    for number, (pupil, people) in enumerate(truth, start=1):
        if variant.classes == "section" and pupil["class"] != section:
            section = pupil["class"]
            rows.append([f"{section} класс"])
        first = len(rows) + 1
        for line in _lines(number, pupil, people, columns, variant):
            rows.append(line)
        if variant.layout == "merged" and len(rows) > first:
            merges += [
                (first, len(rows), at)
                for at, column in enumerate(columns, start=1)
                if column.person is None
            ]
        if variant.blanks and number % 3 == 0:
            rows.append([])
    if variant.has_footer:
        rows += [
            [],
            ["Итого:", None, str(len(truth))],
            ["Классный руководитель", "", "", "Седых Ю.С."],
        ]
        rows += [["Директор школы", None, None, "____________", "Иванова М. П."], ["М.П."]]
    return rows, merges


@dataclass(frozen=True)
class _Column:
    """`person`: None is the pupil, else the number of the representative."""

    title: str
    item: str
    person: int | None
    group: str | None = None


def _columns(truth: Sequence[tuple[Person, list[Person]]], variant: Variant) -> list[_Column]:
    most = max(len(people) for _, people in truth) if variant.layout == "wide" else 1
    of_pupil, of_people = TITLES[variant.titles]
    items = [*(["full"] if variant.pupil_names == "one" else NAMES), *OTHERS]
    pupil = [_Column(of_pupil[item], item, None) for item in items]
    people = []
    for number in range(1, most + 1):
        names = ["full"] if variant.people_names == "one" else list(NAMES)
        told = [*names, "relation", *OTHERS]
        for item in told:
            if item in of_people:
                title = of_people[item].format(n=number, kin=KIN[number - 1].capitalize())
                people.append(_Column(title, item, number))
    if variant.is_grouped:
        return _grouped(pupil, people, variant)
    chosen = [*_class_columns(of_pupil["class"], variant), *pupil, *people]
    if variant.order:
        random.Random(variant.order).shuffle(chosen)
    return [_Column("№ п/п", "ordinal", None), *chosen] if variant.has_ordinal else chosen


def _class_columns(title: str, variant: Variant) -> list[_Column]:
    if variant.classes == "column":
        return [_Column(title, "class", None)]
    if variant.classes == "parallel":
        return [_Column("Параллель", "parallel", None), _Column("Литера", "letter", None)]
    return []


def _grouped(pupil: list[_Column], people: list[_Column], variant: Variant) -> list[_Column]:
    """Bare titles; only the first column of a group has its name, as under a merged cell."""
    columns = [_Column("№ п/п", "ordinal", None), *_class_columns("Класс", variant)]
    group: str | None = "Обучающийся"
    for column in [*pupil, *people]:
        if column.person is not None and column.item in ("full", "family_name"):
            group = f"Законный представитель {column.person}"
        columns.append(_Column(BARE[column.item], column.item, column.person, group))
        group = None
    return columns


def _lines(
    number: int,
    pupil: Person,
    people: Sequence[Person],
    columns: Sequence[_Column],
    variant: Variant,
) -> list[list[object]]:
    if variant.layout == "wide":
        return [[_cell(number, pupil, people, column, variant) for column in columns]]
    lines = []
    for at, person in enumerate(people):
        hides = at > 0 and variant.layout != "repeated"
        lines.append(
            [
                None
                if column.person is None and hides
                else _cell(number, pupil, [person], column, variant)
                for column in columns
            ]
        )
    return lines


def _cell(
    number: int, pupil: Person, people: Sequence[Person], column: _Column, variant: Variant
) -> object:
    if column.item == "ordinal":
        return number
    if column.item == "parallel":
        return pupil["class"][:-1]
    if column.item == "letter":
        return pupil["class"][-1]
    if column.person is not None and column.person > len(people):
        return None
    person = pupil if column.person is None else people[column.person - 1]
    if column.item == "full":
        return " ".join(filter(None, (person[name] for name in NAMES)))
    value = person[column.item]
    if column.item == "birth_date":
        return DAYS[variant.days](date.fromisoformat(value))
    if column.item == "phone":
        return PHONES[variant.phones](value)
    return NUMBERS[variant.numbers](value) if column.item == "snils" else value


def a_file(
    truth: Sequence[tuple[Person, list[Person]]], variant: Variant, kind: str
) -> bytes | None:
    """The list as a file of `kind` («csv cp1251 ;»); None where a text cannot say it."""
    sheets, merges = a_list(truth, variant)
    name, *how = kind.split(" ")
    if name in _BOOKS:
        return _BOOKS[name](sheets, merges=merges)
    if variant.layout == "merged" or variant.classes == "sheets":
        return None
    (rows,) = sheets.values()
    if name == "csv":
        encoding, delimiter = how
        return writers.a_csv(rows, delimiter.replace("tab", "\t"), encoding)
    return writers.a_page(rows) if name == "html" else writers.a_markup(rows)


_BOOKS: dict[str, Callable[..., bytes]] = {
    "xlsx": writers.an_xlsx,
    "xls": writers.an_xls,
    "ods": writers.an_ods,
}
KINDS = (
    *_BOOKS,
    "html",
    "xml",
    *(
        f"csv {encoding} {delimiter}"
        for encoding in ("cp1251", "cp866", "koi8-r", "utf-8", "utf-8-sig", "utf-16", "utf-16-le")
        for delimiter in (";", ",", "tab")
    ),
)
