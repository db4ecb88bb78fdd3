"""Days, moments and papers in Russian words."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest

from consent_forms.facts import IdDocument, IdKind
from consent_forms.wording import ZONES, day, id_document, moment
from policies.facts import GuardianKind

AT = datetime(2026, 9, 14, 5, 20, tzinfo=UTC)


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("on", "text"),
    [
        pytest.param(date(2026, 9, 14), "14 сентября 2026 г.", id="september"),
        pytest.param(date(2026, 1, 1), "1 января 2026 г.", id="first day"),
        pytest.param(date(2028, 2, 29), "29 февраля 2028 г.", id="leap day"),
        pytest.param(date(2026, 5, 31), "31 мая 2026 г.", id="may"),
        pytest.param(date(2026, 12, 31), "31 декабря 2026 г.", id="last day"),
    ],
)
def test_a_day_is_written_in_words(on: date, text: str):
    assert spaced(day(on)) == text
    assert " " not in day(on)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        pytest.param(
            "Asia/Vladivostok", "14 сентября 2026 г., 15:20 (Владивосток, UTC+10)", id="Khabarovsk"
        ),
        pytest.param("Europe/Moscow", "14 сентября 2026 г., 08:20 (Москва, UTC+3)", id="Moscow"),
        pytest.param("Asia/Kamchatka", "14 сентября 2026 г., 17:20 (Камчатка, UTC+12)", id="+12"),
        pytest.param("Asia/Kolkata", "14 сентября 2026 г., 10:50 (UTC+5:30)", id="half an hour"),
        pytest.param("America/Lima", "14 сентября 2026 г., 00:20 (UTC\u22125)", id="west"),
        pytest.param("UTC", "14 сентября 2026 г., 05:20 (UTC+0)", id="UTC"),
    ],
)
def test_a_moment_names_its_zone(zone: str, text: str):
    assert spaced(moment(AT, zone)) == text


def test_a_moment_after_midnight_there_is_the_next_day():
    late = datetime(2026, 9, 14, 20, 0, tzinfo=UTC)
    assert spaced(moment(late, "Asia/Vladivostok")).startswith("15 сентября")


def test_every_zone_in_the_table_is_a_zone():
    assert set(ZONES) <= available_timezones()
    assert all(ZoneInfo(zone) for zone in ZONES)


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        pytest.param(IdKind.PASSPORT, "выдан ", id="passport"),
        pytest.param(IdKind.BIRTH_CERTIFICATE, "выдано ", id="certificate"),
    ],
)
def test_the_verb_agrees_with_the_paper(kind: IdKind, verb: str):
    line = spaced(id_document(IdDocument(kind, "000008", date(2011, 4, 9), "УМВД", "0001")))
    assert f"серия 0001 № 000008, {verb}9 апреля 2011 г., УМВД" in line


def test_a_paper_without_series_and_office_names_neither():
    line = id_document(IdDocument(IdKind.REFUGEE_CARD, "08", date(2011, 4, 9), "МВД"))
    assert "серия" not in line
    assert "подразделения" not in line


def test_every_guardian_and_paper_has_its_word():
    tables = sys.modules["consent_forms.wording"]
    assert set(tables.GUARDIANS) == set(GuardianKind)
    assert set(tables.ID_KINDS) == set(IdKind)
