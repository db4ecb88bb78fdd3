"""The demo's story, played once on each engine; the tests of this folder look at what it left."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from examples.demo.show import Show
from examples.demo.story import perform
from examples.demo.tell import Teller
from tests.journeys.engines import on_each_engine

if TYPE_CHECKING:
    from tests.database import Postgres


@pytest.fixture(scope="session", params=on_each_engine("story"))
def show(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Show]:
    """A whole performance: the service is stopped, its home and the results are there."""
    folder: Path = tmp_path_factory.mktemp("show")
    console = Console(file=io.StringIO(), width=120)
    if request.param == "sqlite":
        yield perform(folder, Teller(console))
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.add_database()
    yield perform(folder, Teller(console), url)
    server.drop(url)
