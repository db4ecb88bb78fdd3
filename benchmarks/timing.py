"""Sides of one comparison, run in turn (A B C A B C …), and the smallest figure of each.

Smallest, for whatever else a machine does only adds. A ratio is worth something inside one run.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PROC = Path("/proc")
Measure = Literal["cpu", "wall", "peak", "wire"]


@dataclass
class Cost:
    """What one turn took. CPU seconds of this process, of its children and of `servers`.

    `peak`: megabytes above what the process held before; None where the system does not tell it.
    `wire`: bytes that a browser received; None where no browser is in it.
    """

    cpu: float = 0.0
    wall: float = 0.0
    peak: float | None = None
    wire: int | None = None


@dataclass(frozen=True)
class Side:
    """One way to do the work. `turn` does it once: prepares, measures its part, checks the result
    (AssertionError for a wrong one). `works` are done in a turn; figures are told for one.
    """

    name: str
    turn: Callable[[], Cost]
    works: int = 1


@dataclass(frozen=True, slots=True)
class Goal:
    """`most`: the subject costs at most so many times the floor. `least`: the floor costs at least
    so many times the subject (rates: twice as fast is 2). Exactly one is given.
    """

    most: float | None = None
    least: float | None = None
    measure: Measure = "cpu"

    @property
    def text(self) -> str:
        return f"≤ {self.most:g}x" if self.most is not None else f"≥ {self.least:g}x"

    def ratio(self, subject: Cost, floor: Cost) -> float:
        """In the direction of the goal."""
        mine, other = self.of(subject), self.of(floor)
        return mine / other if self.most is not None else other / mine

    def of(self, cost: Cost) -> float:
        """The figure that the goal looks at."""
        return cost.wall if self.measure == "wall" else cost.cpu

    def is_met(self, ratio: float) -> bool:
        return ratio <= self.most if self.most is not None else ratio >= (self.least or 0.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """An absolute goal of the subject: seconds, megabytes or bytes of one turn."""

    most: float
    measure: Measure

    @property
    def text(self) -> str:
        if self.measure == "peak":
            return f"≤ {self.most:g} MB"
        if self.measure == "wire":
            return f"≤ {self.most / 1024:g} KB"
        return f"≤ {self.most * 1000:g} ms" + (" (wall)" if self.measure == "wall" else "")

    def of(self, cost: Cost) -> float | None:
        """The figure that the limit looks at; None where the system does not tell it."""
        figures = {"peak": cost.peak, "wall": cost.wall, "cpu": cost.cpu, "wire": cost.wire}
        return figures[self.measure]


@dataclass(frozen=True)
class Contest:
    """A subject and its floors, each with its goal; `engine` is empty where no database is met."""

    row: str
    engine: str
    subject: Side
    floors: tuple[tuple[Side, Goal], ...]
    limits: tuple[Limit, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Figure:
    """One line of the table. Seconds and megabytes are of one work of a side."""

    row: str
    engine: str
    subject: str
    floor: str
    goal: str
    is_met: bool | None
    ratio: float | None
    ratio_wall: float | None
    subject_cost: Cost
    floor_cost: Cost | None = None
    notes: list[str] = field(default_factory=list)


def run(contest: Contest, turns: int) -> list[Figure]:
    """Every side `turns` times, in turn; a line for every floor and every limit."""
    sides = [contest.subject, *(side for side, _ in contest.floors)]
    costs: dict[str, list[Cost]] = {side.name: [] for side in sides}
    for _ in range(turns):
        for side in sides:
            costs[side.name].append(side.turn())
    best = {side.name: _least(costs[side.name], side.works) for side in sides}
    mine = best[contest.subject.name]
    notes = list(contest.notes)
    lines = []
    for side, goal in contest.floors:
        other = best[side.name]
        ratio = goal.ratio(mine, other)
        wall = mine.wall / other.wall if goal.most is not None else other.wall / mine.wall
        lines.append(
            Figure(
                contest.row,
                contest.engine,
                contest.subject.name,
                side.name,
                goal.text + (" (wall)" if goal.measure == "wall" else ""),
                goal.is_met(ratio),
                ratio,
                wall,
                mine,
                other,
                notes,
            )
        )
    for limit in contest.limits:
        reached = limit.of(mine)
        met = None if reached is None else reached <= limit.most
        lines.append(
            Figure(
                contest.row,
                contest.engine,
                contest.subject.name,
                "",
                limit.text,
                met,
                None,
                None,
                mine,
                None,
                notes,
            )
        )
    return lines


def _least(costs: list[Cost], works: int) -> Cost:
    peaks = [cost.peak for cost in costs if cost.peak is not None]
    wires = [cost.wire for cost in costs if cost.wire is not None]
    return Cost(
        min(cost.cpu for cost in costs) / works,
        min(cost.wall for cost in costs) / works,
        min(peaks, default=None),
        min(wires, default=None),
    )


@contextmanager
def measured(servers: Callable[[], float] | None = None, *, own: bool = True) -> Iterator[Cost]:
    """Measure the block. `servers`: CPU seconds that processes beside this one have used so far.

    `own` False: this process is only the client, and its CPU and memory are left out.
    """
    beside = servers or (lambda: 0.0)
    cost = Cost()
    gc.collect()
    held = _reset_peak() if own else None
    cpu, wall = _own_cpu() * own + beside(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.wall = time.perf_counter() - wall
        cost.cpu = _own_cpu() * own + beside() - cpu
        if held is not None:
            cost.peak = max(0.0, _status("VmHWM") - held)


def _own_cpu() -> float:
    """Seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _reset_peak() -> float | None:
    """Forget the peak of memory so far; megabytes held now, None where that cannot be told."""
    try:
        _CLEAR.write_text("5")  # proc(5): resets the peak resident set size
        return _status("VmRSS")
    except OSError:
        return None


def _status(name: str) -> float:
    """Megabytes of a line of /proc/self/status."""
    line = next(each for each in _STATUS.read_text().splitlines() if each.startswith(name))
    return int(line.split()[1]) * 1024 / 1e6


def tree_cpu(root: int) -> float:
    """CPU seconds of a process, of those below it and of their threads, to the nanosecond.

    What ended is not in it: the processes measured live as long as the measurement.
    """
    total = 0
    for pid in [root, *_below(root)]:
        for task in _PROC.glob(f"{pid}/task/*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except OSError:
                continue
    return total / 1e9


def _below(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [root]
    while todo:
        for child in children.get(todo.pop(), ()):
            found.append(child)
            todo.append(child)
    return found
