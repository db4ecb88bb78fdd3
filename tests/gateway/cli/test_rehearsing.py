"""`soglasie rehearse`: an invented region through the whole service, and a storm at the end."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli.invented import ZONES, Fate, InventedSchool, most_schools, waking_zone
from gateway.cli.main import main
from gateway.cli.storm import Reply, summary
from policies.quiet_hours import goes_at

TODAY = date(2026, 9, 1)
DAY_MINUTES = 24 * 60
SMALL = ("--schools", "2", "--pupils", "12", "--seed", "1")


def rehearse(home: Path, url: str | None, *arguments: str) -> Result:
    environ = {name: None for name in os.environ if name.startswith("SOGLASIE_")}
    mask = os.umask(0o022)
    try:
        return CliRunner().invoke(
            main,
            ["rehearse", "--home", str(home), *arguments],
            env={**environ, "SOGLASIE_DATABASE_URL": url},
        )
    finally:
        os.umask(mask)


@pytest.mark.parametrize("month", [1, 7], ids=["winter", "summer"])
def test_a_rehearsal_finds_a_place_where_letters_go_at_any_time(month: int):
    midnight = datetime(2026, month, 1, tzinfo=UTC)
    found = set()
    for minutes in range(0, DAY_MINUTES, 5):
        now = midnight + timedelta(minutes=minutes)
        zone = waking_zone(now)
        later = now + timedelta(hours=1)
        assert goes_at(now, zone) == now
        assert goes_at(later, zone) == later
        found.add(zone)
    assert found == set(ZONES)


@pytest.mark.engine
@pytest.mark.timeout(900)  # a service is started, maybe on a busy machine
def test_region_is_imported_answered_released_and_verified(tmp_path: Path, engine_url: str):
    done = rehearse(tmp_path / "home", engine_url, *SMALL, "--storm", "3", "--json")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["findings"] == []
    assert [phase["count"] for phase in told["phases"]][:2] == [2, told["persons"]]
    assert all(phase["persons"] and phase["cpu_seconds"] for phase in told["phases"])
    assert told["storm"]["kept"] == 3
    assert set(told["storm"]["statuses"]) <= {"201", "503"}


def test_rehearsal_touches_no_home_with_data_in_it(tmp_path: Path):
    (tmp_path / "file").write_text("somebody's")
    done = rehearse(tmp_path, None, *SMALL)
    assert (done.exit_code, [p.name for p in tmp_path.iterdir()]) == (1, ["file"])


def test_rehearsal_touches_no_database_with_tables_in_it(tmp_path: Path, database: str):
    done = rehearse(tmp_path / "home", database, *SMALL)
    assert done.exit_code == 1
    assert "база данных не пуста" in done.output


def test_a_region_is_no_larger_than_there_are_telephones(tmp_path: Path):
    done = rehearse(tmp_path / "home", None, "--schools", "900", "--pupils", "5000")
    assert done.exit_code == 1
    assert str(most_schools(5000)) in done.output


# the invented people


def test_the_same_seed_invents_the_same_people_and_another_seed_others():
    one = InventedSchool(3, 200, 7, TODAY)
    assert one.pupils == replace(one).pupils
    assert one.pupils != replace(one, seed=8).pupils


def test_a_region_has_everything_that_makes_a_list_hard():
    region = [InventedSchool(number, 750, 1, TODAY) for number in range(1, 5)]
    pupils = [pupil for school in region for pupil in school.pupils]
    names = [
        (p.child.family_name, p.child.given_name, p.child.patronymic) for p in region[0].pupils
    ]
    mothers = [p.guardians[0].number for p in pupils]
    assert {pupil.fate for pupil in pupils} == set(Fate)
    assert len(set(names)) < len(names)
    assert len(set(mothers)) < len(mothers)
    assert region[0].persons & region[1].persons
    assert all(len(p.guardians) == 2 for p in pupils if p.fate is Fate.DISPUTES)


def test_nobody_is_two_people_of_a_region():
    region = [InventedSchool(number, 300, 1, TODAY) for number in range(1, 4)]
    everybody = {}
    for each in (e for s in region for p in s.pupils for e in (p.child, *p.guardians)):
        assert everybody.setdefault(each.number, each) == each


# the storm


KEPT = Reply(201, 0.1, 1, True, True)


@pytest.mark.parametrize(
    ("replies", "kept", "found"),
    [
        pytest.param([KEPT, KEPT], 2, 0, id="all kept"),
        pytest.param([KEPT, Reply(503, 0.1, 2, True, True)], 2, 0, id="later, and said when"),
        pytest.param([Reply(503, 0.1, 2, True, False)], 1, 1, id="later, and did not say when"),
        pytest.param([Reply(500, 0.1, 1, False, True)], 0, 2, id="broken"),
        pytest.param([KEPT, KEPT], 1, 1, id="confirmed and lost"),
    ],
)
def test_storm_is_judged_by_what_families_were_told(replies: list[Reply], kept: int, found: int):
    told, findings = summary(replies, kept)
    assert told["answers"] == len(replies)
    assert len(findings) == found
