"""Due days: thirty days are calendar days, ten are working days with Government transfers."""

from datetime import date, timedelta

import pytest

from policies.findings import Code
from policies.programme import load_programme
from policies.retention import (
    RecordClass,
    destroy_on,
    is_working_day,
    recall_due_on,
    stop_due_on,
    working_days,
)

PROGRAMME = load_programme("mesh-2020")


@pytest.mark.parametrize(
    ("record", "event_on", "due"),
    [
        pytest.param(RecordClass.REGISTRY, date(2026, 9, 1), date(2026, 10, 1), id="30 days"),
        pytest.param(RecordClass.EVIDENCE, date(2026, 9, 1), date(2029, 9, 1), id="3 years"),
        pytest.param(
            RecordClass.EVIDENCE, date(2028, 2, 29), date(2031, 3, 1), id="3 years of a leap day"
        ),
    ],
)
def test_registry_goes_in_days_and_evidence_in_years(record, event_on, due):
    assert destroy_on(record, event_on, PROGRAMME) == due


def test_a_recall_is_due_in_thirty_days():
    assert recall_due_on(date(2026, 9, 1), PROGRAMME) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [
        pytest.param(date(2026, 9, 1), 10, date(2026, 9, 15), id="two plain weeks"),
        pytest.param(date(2026, 9, 4), 1, date(2026, 9, 7), id="over a weekend"),
        pytest.param(date(2025, 12, 30), 1, date(2026, 1, 12), id="over New Year, 31st moved"),
        pytest.param(date(2026, 4, 30), 2, date(2026, 5, 5), id="over 1 May"),
        pytest.param(date(2026, 9, 5), 0, date(2026, 9, 5), id="no days"),
    ],
)
def test_working_days_count_from_the_day_after(start, number, due):
    assert working_days(start, number) == due


def test_a_demand_to_stop_has_ten_working_days():
    assert stop_due_on(date(2026, 9, 1), PROGRAMME) == date(2026, 9, 15)


def test_a_saturday_taken_for_a_day_off_is_worked():
    assert is_working_day(date(2024, 4, 27))
    assert not is_working_day(date(2024, 4, 29))


def test_a_year_without_a_published_calendar_is_refused():
    with pytest.raises(ValueError, match=Code.CALENDAR_UNKNOWN):
        working_days(date(2026, 12, 30) + timedelta(days=366 * 9), 10)
