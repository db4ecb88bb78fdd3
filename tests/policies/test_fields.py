"""One table says how every personal value is parsed, shown and hidden."""

from datetime import date

import pytest

from policies.facts import Absence, Field
from policies.fields import ABSENCE_LABELS_RU, PERSONAL, parse
from policies.findings import Code

TODAY = date(2026, 9, 1)

SAMPLES = {
    Field.FAMILY_NAME: ("ЁЛКИНА", "Ёлкина", "Ёлкина", "Ё."),
    Field.GIVEN_NAME: ("ева", "Ева", "Ева", "Е."),
    Field.PATRONYMIC: ("Гасан кызы", "Гасан кызы", "Гасан кызы", "Г."),
    Field.BIRTH_DATE: ("1.5.2012", "2012-05-01", "01.05.2012", "••.••.••••"),
    Field.SNILS: ("112-233-445 95", "11223344595", "112-233-445 95", "•••-•••-445 95"),
    Field.EMAIL: ("Eva@Example.org", "eva@example.org", "eva@example.org", "e•••@example.org"),
    Field.PHONE: ("89000008143", "+79000008143", "+7 900 000-81-43", "+7 ••• •••-81-43"),
}


@pytest.mark.parametrize("field", list(Field))
def test_every_field_is_parsed_shown_and_hidden(field):
    text, canonical, shown, masked = SAMPLES[field]
    form = PERSONAL[field]
    assert parse(field, text, TODAY) == canonical
    assert parse(field, canonical, TODAY) == canonical
    assert (form.show(canonical), form.mask(canonical)) == (shown, masked)
    assert form.label_ru


@pytest.mark.parametrize("field", list(Field))
def test_an_empty_value_is_refused_by_code(field):
    with pytest.raises(ValueError, match="_EMPTY") as refused:
        parse(field, " ", TODAY)
    assert isinstance(refused.value.args[0], Code)


def test_contacts_and_snils_belong_to_one_person():
    unique = {field for field, form in PERSONAL.items() if form.is_unique}
    assert unique == {Field.SNILS, Field.EMAIL, Field.PHONE}


def test_every_absence_has_its_words():
    assert set(ABSENCE_LABELS_RU) == set(Absence)
