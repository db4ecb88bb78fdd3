"""read(write(truth, variant)) is the truth, whatever the variant: property of the whole intake."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake.rows import Intake, intake
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
    a_truth,
)

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
