"""read(write(truth, variant)) is the truth, whatever the variant: property of the whole intake."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake.cells import squeezed
from gateway.intake.rows import Intake, intake
from gateway.intake.telling import answer_of, asks
from gateway.intake.words import plain, says
from policies.facts import Field, Items
from policies.programme import load_programme
from tests.gateway.intake.lists import (
    CLASSES,
    DAYS,
    KINDS,
    LAYOUTS,
    NUMBERS,
    PHONES,
    TITLES,
    TODAY,
    Person,
    Variant,
    a_file,
    a_list,
    a_truth,
)
from tests.gateway.intake.writers import a_csv

PROGRAMME = load_programme("mesh-2020")
TRUTH = a_truth(7)
variants = st.builds(
    Variant,
    titles=st.sampled_from(sorted(TITLES)),
    is_grouped=st.booleans(),
    pupil_names=st.sampled_from(["one", "three"]),
    people_names=st.sampled_from(["one", "three"]),
    days=st.sampled_from(sorted(DAYS)),
    phones=st.sampled_from(sorted(PHONES)),
    numbers=st.sampled_from(sorted(NUMBERS)),
    layout=st.sampled_from(LAYOUTS),
    classes=st.sampled_from(CLASSES),
    order=st.integers(0, 1000),
    above=st.integers(0, 10),
    has_ordinal=st.booleans(),
    has_footer=st.booleans(),
    blanks=st.booleans(),
)


def said(items: Items) -> Person:
    return {field.value: items.values.get(field, "") for field in Field}


def wanted(person: Person) -> Person:
    return {field.value: person[field.value] for field in Field}


def is_sound(variant: Variant) -> bool:
    """Columns by kinship have no place for a guardian in the line of a mother; groups are bare."""
    return not (variant.titles == "kin" and (variant.layout != "wide" or variant.is_grouped))


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(variants.filter(is_sound), st.sampled_from(KINDS))
def test_a_list_is_read_as_it_was_meant_in_every_hand(variant: Variant, kind: str) -> None:
    data = a_file(TRUTH, variant, kind)
    if data is None:
        return
    read = intake(data, "список.xls", PROGRAMME, TODAY)
    assert_is_truth(read, variant)


def assert_is_truth(read: Intake, variant: Variant) -> None:
    questions = [finding for finding in read.findings if not finding.is_hint]
    assert questions == []
    assert len(read.rows) == len(TRUTH)
    for row, (pupil, people) in zip(read.rows, TRUTH, strict=True):
        assert said(row.items) == wanted(pupil)
        assert row.class_name == pupil["class"]
        found = [{**said(each.items), "relation": each.relation} for each in row.representatives]
        assert in_order(found, variant) == in_order(
            [{**wanted(each), "relation": each["relation"]} for each in people], variant
        )


def in_order(people: list[Person], variant: Variant) -> list[Person]:
    """Columns by kinship, shuffled: whose column stands first is the first representative."""
    if variant.titles == "kin" and variant.order:
        return sorted(people, key=lambda person: person["relation"])
    return people


SPOILED = {
    "snils": ["11223344500", "112-233-445", "112-233-445 9O", "нет", ""],
    "email": ["a@b", "a b@example.org", "a@example.org, b@example.org", "ивaн@example.org", "нет"],
    "phone": ["8900", "89000000001, 89000000002", "89000000001 доб. 5", "-", "+7 900 O00 00 01"],
    "birth_date": ["31.02.2013", "2013", "01.13.2013", "вчера", "01.05.2071"],
    "full": ["Ёлкин", "Ёлкин Л. И.", "Ёлкин Л3в Ильич"],
}


@settings(max_examples=45, deadline=None, derandomize=True, database=None)
@given(
    variants.filter(lambda variant: is_sound(variant) and variant.classes != "sheets"),
    st.integers(0, 10_000),
)
def test_a_spoiled_cell_is_found_where_it_stands_and_holds_nobody_else(
    variant: Variant, chance: int
) -> None:
    sheets, _ = a_list(TRUTH, replace(variant, layout="wide"))
    (rows,) = sheets.values()
    at = next(n for n, row in enumerate(rows) if "snils" in [item_of(str(cell)) for cell in row])
    titles = rows[at]
    lines = [n for n, row in enumerate(rows) if n > at and "example.org" in " ".join(map(str, row))]
    picked = random.Random(chance)
    row = picked.choice(lines)
    places = [
        (column, kind)
        for column, title in enumerate(titles)
        for kind in [item_of(str(title))]
        if kind and rows[row][column] not in (None, "")
    ]
    column, kind = picked.choice(places)
    rows[row][column] = picked.choice(SPOILED[kind])
    read = intake(a_csv(rows, "\t", "utf-8"), "список.xls", PROGRAMME, TODAY)
    asked = [finding for finding in read.findings if asks(finding)]
    said = {(each.row, read.said.get(each.column or "", each.column)) for each in asked}
    assert (row + 1, squeezed(str(titles[column]))) in said
    assert {each.row for each in asked} == {row + 1}
    assert len(answer_of(read)["pupils"]) == len(TRUTH) - 1


def item_of(title: str) -> str | None:
    """The item of a title of `lists.py`."""
    small = plain(title)
    for kind, words in (
        ("snils", ("снилс",)),
        ("email", ("почт*", "mail", "адрес*", "ящик")),
        ("phone", ("телефон*", "тел", "сотов*")),
        ("birth_date", ("дата", "др", "рожд*")),
        ("full", ("фио", "ф и о", "фамилия имя")),
    ):
        if says(words, small):
            return kind
    return None
