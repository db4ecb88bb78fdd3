"""Every row of `make bench` runs and checks its results; figures of so little mean nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import ROWS
from benchmarks.places import Place
from benchmarks.sizes import TINY
from benchmarks.timing import Contest, Cost, Goal, Limit, Side, run

if TYPE_CHECKING:
    from tests.database import Postgres

# A region has tests of its own; a server and an import are the same on both engines.
MEETS = {
    "record": ("sqlite",),
    "intake": ("sqlite", "postgresql"),
    "release": ("sqlite", "postgresql"),
    "journal": ("postgresql",),
    "http": ("sqlite",),
    "pages": ("sqlite",),
    "printing": ("sqlite",),
    "start": ("sqlite",),
}


def test_every_row_is_tried_here():
    assert {*MEETS, "region"} == ROWS.keys()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("row", MEETS)
def test_row_gives_figures_of_right_results(row: str, tmp_path: Path, postgres: Postgres):
    places = {}
    for engine in MEETS[row]:
        folder = tmp_path / engine
        folder.mkdir()
        places[engine] = Place(engine, folder, postgres if engine == "postgresql" else None)
    lines = list(ROWS[row](places, TINY))
    assert {line.engine for line in lines} <= {*MEETS[row], ""}
    assert all(line.subject_cost.wall > 0 for line in lines)
    assert all(line.ratio is None or line.ratio > 0 for line in lines)


def a_side(name: str, *costs: Cost, works: int = 1) -> Side:
    """A side whose turns cost this, one after another."""
    left = iter(costs)
    return Side(name, lambda: next(left), works)


def test_smallest_figure_of_each_side_counts():
    subject = a_side("ours", Cost(3.0, 9.0, 5.0), Cost(2.0, 8.0, 7.0))
    floor = a_side("floor", Cost(2.0, 2.0), Cost(4.0, 1.0))
    (line,) = run(Contest("row", "", subject, ((floor, Goal(most=1.0)),)), turns=2)
    assert (line.ratio, line.ratio_wall, line.is_met) == (1.0, 8.0, True)
    assert line.subject_cost == Cost(2.0, 8.0, 5.0)


def test_sides_take_turns():
    order: list[str] = []

    def side(name: str) -> Side:
        def turn() -> Cost:
            order.append(name)
            return Cost(1.0, 1.0)

        return Side(name, turn)

    run(Contest("row", "", side("a"), ((side("b"), Goal(most=1)), (side("c"), Goal(most=1)))), 2)
    assert order == ["a", "b", "c", "a", "b", "c"]


@pytest.mark.parametrize(
    ("goal", "ratio", "is_met"),
    [
        pytest.param(Goal(most=2), 1.5, True, id="cheap enough"),
        pytest.param(Goal(most=1.4), 1.5, False, id="too dear"),
        pytest.param(Goal(least=0.5), 1 / 1.5, True, id="fast enough"),
        pytest.param(Goal(least=0.7), 1 / 1.5, False, id="too slow"),
    ],
)
def test_goal_says_in_which_direction_it_is_met(goal: Goal, ratio: float, is_met: bool):
    subject, floor = a_side("ours", Cost(3.0, 3.0)), a_side("floor", Cost(2.0, 2.0))
    (line,) = run(Contest("row", "", subject, ((floor, goal),)), turns=1)
    assert (line.ratio, line.is_met) == (pytest.approx(ratio), is_met)


def test_figures_are_told_for_one_work_and_limits_look_at_the_subject():
    subject = a_side("ours", Cost(6.0, 6.0, 90.0), works=3)
    limits = (Limit(1.0, "cpu"), Limit(100.0, "peak"))
    lines = run(Contest("row", "", subject, (), limits), turns=1)
    assert [(line.goal, line.is_met) for line in lines] == [
        ("≤ 1000 ms", False),
        ("≤ 100 MB", True),
    ]
