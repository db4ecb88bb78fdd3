"""The schema's version on both engines: one head, equal to the tables in code, never downwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.store.schema import HEAD, SchemaFault, check, current, metadata, upgrade
from gateway.store.session import make_engine

MIGRATIONS = Path(__file__).parents[3] / "gateway" / "migrations"
OpenEngine = Callable[[bool], sa.Engine]


@pytest.fixture
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _set_version(engine: sa.Engine, version: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version}
        )


def test_there_is_one_head_and_the_program_names_it(scripts: ScriptDirectory) -> None:
    assert scripts.get_heads() == [HEAD]


def test_revisions_are_numbered_without_gaps(scripts: ScriptDirectory) -> None:
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_no_migration_leads_down(scripts: ScriptDirectory) -> None:
    assert not [s.revision for s in scripts.walk_revisions() if hasattr(s.module, "downgrade")]


def test_migrated_database_has_exactly_the_tables_in_code(open_engine: OpenEngine) -> None:
    def is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _twin: Any) -> bool:
        return not (kind == "table" and name == "alembic_version")

    with open_engine(False).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours}
        )
        assert compare_metadata(context, metadata) == []


def test_empty_database_is_brought_to_the_head_once(engine_url: str) -> None:
    assert upgrade(engine_url) is True
    assert upgrade(engine_url) is False
    engine = make_engine(engine_url, writes=False)
    with engine.connect() as connection:
        assert current(connection) == HEAD
        check(connection)
    engine.dispose()


def test_two_upgrades_at_once_take_turns(engine_url: str) -> None:
    done: list[bool] = []
    threads = [Thread(target=lambda: done.append(upgrade(engine_url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]


def test_empty_database_is_refused_by_a_serving_program(engine_url: str) -> None:
    engine = make_engine(engine_url, writes=False)
    with engine.connect() as connection:
        assert current(connection) is None
        with pytest.raises(SchemaFault, match="soglasie init"):
            check(connection)
    engine.dispose()


def test_older_database_is_refused_by_a_serving_program(open_engine: OpenEngine) -> None:
    _set_version(open_engine(True), "0000")
    with (
        open_engine(False).connect() as connection,
        pytest.raises(SchemaFault, match=f"0000.*{HEAD}.*soglasie upgrade"),
    ):
        check(connection)


def test_newer_database_is_refused_with_both_versions(
    open_engine: OpenEngine, database: str
) -> None:
    _set_version(open_engine(True), "9999")
    with (
        open_engine(False).connect() as connection,
        pytest.raises(SchemaFault, match=f"9999.*{HEAD}"),
    ):
        check(connection)
    with pytest.raises(SchemaFault, match=f"9999.*{HEAD}"):
        upgrade(database)
