"""What every race asks for: how many rounds, dice, a clock that ticks, a school that rewinds.

`pytest tests/races --rounds 20` for a quick look, `make soak` for a long one. Without the option
every race runs its full thousand.
"""

from __future__ import annotations

import random

import pytest

from gateway.wiring import Wiring
from tests.races.racing import Ticking
from tests.races.released_school import ReleasedSchool

ROUNDS = 1_000  # a race between two; one act by sixteen threads takes a twentieth


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=ROUNDS, help="rounds of every race")
    parser.addoption("--race-seed", type=int, default=None, help="seed of the pauses in races")


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Rounds of a race between two."""
    found: int = request.config.getoption("--rounds", ROUNDS)
    return found


@pytest.fixture
def crowds(rounds: int) -> int:
    """Rounds of a race between sixteen."""
    return max(1, rounds // 20)


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Pauses of the racers. The seed is printed and so stands beside a failure."""
    seed = request.config.getoption("--race-seed", None)
    if seed is None:
        seed = random.SystemRandom().randrange(1 << 32)
    request.node.add_report_section("setup", "pauses", f"--race-seed {seed}")
    return random.Random(seed)


@pytest.fixture
def clock() -> Ticking:
    """No two units share a moment, as on a machine that works."""
    return Ticking()


@pytest.fixture
def school(wiring: Wiring) -> ReleasedSchool:
    """Three pupils and four guardians who have agreed; the release is prepared."""
    return ReleasedSchool(wiring)
