"""What every race asks for: how many rounds, dice, a clock that ticks, a school that rewinds.

`pytest tests/races --rounds 20` for a quick look, `make soak` for a long one. Without the option
a release is raced 200 times.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from gateway.wiring import Wiring
from tests.races.racing import Ticking
from tests.races.released_school import ReleasedSchool

ROUNDS = 200
SECONDS_A_ROUND = 1  # many times what it takes, for a race waits for every other test
HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=ROUNDS, help="rounds of every race")
    parser.addoption("--race-seed", type=int, default=None, help="seed of the pauses in races")


def pytest_collection_modifyitems(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    """The suite's limit for a test is not meant for so many rounds."""
    limit = 300 + SECONDS_A_ROUND * _rounds(config)
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(limit))


def _rounds(config: pytest.Config) -> int:
    # Where the whole suite is asked for, this file is read after the command line.
    found: int = config.getoption("--rounds", ROUNDS)
    return found


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Rounds of a release against what may change it."""
    return _rounds(request.config)


@pytest.fixture
def pulls(rounds: int) -> int:
    """Rounds of a pull against a withdrawal."""
    return max(1, rounds // 4)


@pytest.fixture
def claims(rounds: int) -> int:
    """Rounds of sixteen claims of one contact."""
    return max(1, rounds // 20)


@pytest.fixture
def crowds(rounds: int) -> int:
    """Rounds of one act by sixteen threads."""
    return max(1, rounds // 50)


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
