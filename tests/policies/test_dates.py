"""Days of birth and ages: what people write, what cannot be, and the day a birthday counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.dates import age, birthday, of_serial, parse_birth_date
from policies.findings import Code

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        pytest.param("1.5.2012", date(2012, 5, 1), id="short day"),
        pytest.param("01.05.2012 г.", date(2012, 5, 1), id="with a tail"),
        pytest.param("01.05.2012 г.р.", date(2012, 5, 1), id="with a longer tail"),
        pytest.param("01/05/2012", date(2012, 5, 1), id="slashes"),
        pytest.param("01-05-2012", date(2012, 5, 1), id="hyphens"),
        pytest.param("01 05 2012", date(2012, 5, 1), id="spaces"),
        pytest.param("2012-05-01", date(2012, 5, 1), id="ISO"),
        pytest.param("2012-05-01 00:00:00", date(2012, 5, 1), id="ISO with midnight"),
        pytest.param("1 Мая 2012 года", date(2012, 5, 1), id="month in words"),
        pytest.param("01.05.12", date(2012, 5, 1), id="two digits, pupil"),
        pytest.param("25.05.85", date(1985, 5, 25), id="two digits, parent"),
        pytest.param("29.02.2012", date(2012, 2, 29), id="leap day"),
        pytest.param("01.09.2026", date(2026, 9, 1), id="today"),
        pytest.param("02.09.1905", date(1905, 9, 2), id="120 years"),
    ],
)
def test_a_birth_date_is_read_as_people_write_it(text, born):
    assert parse_birth_date(text, TODAY) == born


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(" ", Code.DATE_EMPTY, id="blank"),
        pytest.param("весной", Code.DATE_FORM, id="words"),
        pytest.param("1 мартобря 2012", Code.DATE_FORM, id="no such month name"),
        pytest.param("40108", Code.DATE_FORM, id="a bare number"),
        pytest.param("31.02.2013", Code.DATE_IMPOSSIBLE, id="31 February"),
        pytest.param("31.02.13", Code.DATE_IMPOSSIBLE, id="31 February, two digits"),
        pytest.param("29.02.2013", Code.DATE_IMPOSSIBLE, id="leap day of a common year"),
        pytest.param("29.02.13", Code.DATE_IMPOSSIBLE, id="the same, two digits"),
        pytest.param("05.13.2012", Code.DATE_IMPOSSIBLE, id="month 13"),
        pytest.param("01.05.05", Code.DATE_YEAR, id="21 or 121 years"),
        pytest.param("01.05.24", Code.DATE_YEAR, id="2 or 102 years"),
        pytest.param("02.09.2026", Code.DATE_FUTURE, id="tomorrow"),
        pytest.param("01.09.1905", Code.DATE_TOO_OLD, id="121 years"),
    ],
)
def test_what_cannot_be_a_birth_date_is_refused_by_code(text, code):
    with pytest.raises(ValueError, match=code) as refused:
        parse_birth_date(text, TODAY)
    assert refused.value.args == (code,)


def test_a_table_counts_days_from_1900():
    assert of_serial(40108, TODAY) == date(2009, 10, 22)
    assert of_serial(41000, TODAY) == date(2012, 4, 1)


@pytest.mark.parametrize(
    ("serial", "code"),
    [(0, Code.DATE_FORM), (3_000_000, Code.DATE_FORM), (60_000, Code.DATE_FUTURE)],
)
def test_a_number_that_is_no_birth_date_is_refused(serial, code):
    with pytest.raises(ValueError, match=code):
        of_serial(serial, TODAY)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        pytest.param(date(2012, 9, 2), date(2026, 9, 1), 13, id="tomorrow"),
        pytest.param(date(2012, 9, 1), date(2026, 9, 1), 14, id="today"),
        pytest.param(date(2012, 2, 29), date(2026, 2, 28), 13, id="leap, the day before"),
        pytest.param(date(2012, 2, 29), date(2026, 3, 1), 14, id="leap, first of March"),
        pytest.param(date(2012, 2, 29), date(2028, 2, 29), 16, id="leap in a leap year"),
        pytest.param(date(2026, 9, 2), date(2026, 9, 1), -1, id="not born yet"),
    ],
)
def test_an_age_counts_from_the_birthday_itself(born, on, years):
    assert age(born, on) == years


@given(st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.integers(0, 60))
def test_a_birthday_is_the_first_day_of_its_age(born, years):
    day = birthday(born, years)
    assert age(born, day) == years
    if day > born:
        assert age(born, date.fromordinal(day.toordinal() - 1)) == years - 1


@given(st.dates(date(1907, 1, 1), TODAY))
def test_the_canonical_day_is_read_back(born):
    assert parse_birth_date(born.isoformat(), TODAY) == born
    assert parse_birth_date(born.strftime("%d.%m.") + str(born.year), TODAY) == born
