"""A class list from its bytes to the register: upload, review, commit.

Floors: the same actions storing plain rows, and the rows of the outcome put in by the driver
alone. All lists are one school's; so many people are on no real list, but on a morning's.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import openpyxl
import sqlalchemy as sa

from benchmarks.places import Place
from benchmarks.plain_service import plain_school
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Side, measured
from gateway.cli.invented import InventedSchool
from gateway.cli.rehearsed_school import RehearsedSchool, Stage
from gateway.wiring import utc_now

PERSONS_OF_A_HUNDRED_PUPILS = 255
WRITTEN = ("persons", "pupils", "guardianships", "asks")


@dataclass
class Lists:
    """One invented list in its formats."""

    persons: int
    invented: InventedSchool = field(init=False)

    def __post_init__(self) -> None:
        pupils = max(1, self.persons * 100 // PERSONS_OF_A_HUNDRED_PUPILS)
        self.invented = InventedSchool(1, pupils, 1, utc_now().date())
        self.persons = len(self.invented.persons)

    @cached_property
    def csv(self) -> bytes:
        return self.invented.csv()

    @cached_property
    def xlsx(self) -> bytes:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Список")
        for row in self.invented.rows():
            sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """Intake against plain rows and driver, then XLSX against CSV, on every engine."""
    lists = Lists(sizes.persons)
    for place in places.values():
        note = f"{lists.persons} persons on one list, {lists.invented.size} pupils"
        ours = Side("intake, CSV", partial(_ours, place, lists, "list.csv"), lists.persons)
        plain = Side("same actions, plain rows", partial(_plain, place, lists), lists.persons)
        with ExitStack() as stack:
            bulk = Bulk(stack.enter_context(place.stage()), lists, place)
            driver = Side("driver's bulk insert of ready plain rows", bulk.turn, lists.persons)
            yield Contest(
                "intake",
                place.name,
                ours,
                ((plain, Goal(most=1.25)), (driver, Goal(most=5))),
                notes=(note,),
            )
        xlsx = Side("intake, XLSX", partial(_ours, place, lists, "list.xlsx"), lists.persons)
        yield Contest("intake", place.name, xlsx, ((ours, Goal(most=1.3)),), notes=(note,))


def _ours(place: Place, lists: Lists, name: str) -> Cost:
    data = lists.xlsx if name.endswith("xlsx") else lists.csv
    with place.stage() as stage:
        school = RehearsedSchool.found(stage, 1)
        with measured(place.cpu) as cost:
            added = school.take_in_file(data, name).added
        assert added == lists.persons
        assert _count(stage, "persons") == lists.persons
        assert _count(stage, "person_tokens") == 3 * lists.persons
        assert _count(stage, "person_keys") > 2 * lists.persons
        assert _count(stage, "audit_event") > 3 * lists.persons
    return cost


def _plain(place: Place, lists: Lists) -> Cost:
    with place.stage() as stage:
        school = plain_school(stage)
        with measured(place.cpu) as cost:
            added = school.take_in_file(lists.csv, "list.csv").added
        school.stage.close()
        assert added == lists.persons
        assert _count(stage, "persons") == lists.persons
        assert _count(stage, "person_tokens") == 0
    return cost


class Bulk:
    """The rows that a plain intake leaves, written again and again by the driver alone."""

    def __init__(self, stage: Stage, lists: Lists, place: Place) -> None:
        self._persons, self._place, self._engine = lists.persons, place, stage.writing
        school = plain_school(stage)
        school.take_in_file(lists.csv, "list.csv")
        school.stage.close()
        self._ready: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}
        with self._engine.connect() as connection:
            for table in WRITTEN:
                cursor = _driver(connection).execute(f"SELECT * FROM {table}")
                names = [column[0] for column in cursor.description]
                rows = cursor.fetchall()
                filled = [n for n in range(len(names)) if any(row[n] is not None for row in rows)]
                self._ready[table] = (
                    [names[n] for n in filled],
                    [tuple(row[n] for n in filled) for row in rows],
                )

    def turn(self) -> Cost:
        """Empty the tables, then fill them in one transaction, which is measured."""
        with self._engine.begin() as connection:
            for table in reversed(WRITTEN):
                connection.execute(sa.text(f"DELETE FROM {table}"))
        with self._engine.connect() as connection:
            driver = _driver(connection)
            with measured(self._place.cpu) as cost:
                driver.execute("BEGIN")
                for table, (names, rows) in self._ready.items():
                    _put(driver, table, names, rows)
                driver.execute("COMMIT")
            found = driver.execute("SELECT count(*) FROM persons").fetchone()[0]
        assert found == self._persons
        return cost


def _driver(connection: sa.Connection) -> Any:
    """The driver's own connection, outside of any transaction."""
    driver: Any = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        driver.autocommit = True
    return driver


def _put(driver: Any, table: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(names)
    if isinstance(driver, sqlite3.Connection):
        places = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _count(stage: Stage, table: str) -> int:
    with stage.reading.connect() as connection:
        found: int = connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
    return found
