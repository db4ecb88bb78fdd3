"""`soglasie rehearse`: a region that does not exist goes through the whole service."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import structlog
from rich.console import Console
from rich.table import Table

from gateway.cli.invented import InventedSchool, most_schools
from gateway.cli.rehearsal import Phase, Rehearsal, Report, prepare
from gateway.cli.rehearsed_school import RehearsedSchool, Stage
from gateway.cli.storm import StormFault, free_port, open_families, storm, summary
from gateway.logs import set_up_logs
from gateway.settings import Settings
from gateway.store import schema
from gateway.store.session import sqlite_file
from gateway.unit import SYSTEM

HOME = Path("var/rehearsal")


@click.command(
    "rehearse",
    help="Прогнать выдуманный регион через всю службу: списки, ответы, выпуск, отзывы.",
)
@click.option("--schools", type=click.IntRange(1, 900), default=2, show_default=True)
@click.option("--pupils", type=click.IntRange(1, 5000), default=100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=HOME,
    show_default=True,
    help="собственный дом прогона; в нём не должно ничего быть",
)
@click.option(
    "--storm", "answers", type=click.IntRange(0, 2000), default=0, help="столько ответов разом"
)
@click.option("--json", "as_json", is_flag=True, help="отчёт в JSON")
@click.pass_obj
def rehearse(
    settings: Settings,
    schools: int,
    pupils: int,
    seed: int,
    home: Path,
    answers: int,
    as_json: bool,
) -> None:
    if schools > most_schools(pupils):
        raise click.ClickException(
            f"при таких школах их может быть не больше {most_schools(pupils)}"
        )
    os.umask(0o077)
    console = Console(stderr=as_json)
    stage = _stage(settings, home)
    report = Report(schools, pupils, seed, stage.writing.dialect.name)
    today = stage.clock().date()
    table = _table(report)
    with _logs_in(home / "rehearsal.log"):
        prepare(stage)
        Rehearsal(stage, report, today, lambda phase: _tell(console, phase, table)).play()
        if answers:
            try:
                _storm(stage, report, InventedSchool(schools + 1, answers, seed, today), answers)
            except StormFault as fault:
                raise click.ClickException(str(fault)) from None
    stage.close()
    if as_json:
        click.echo(json.dumps(report.told(), ensure_ascii=False, indent=1))
    else:
        console.print(table)
        if report.storm:
            console.print("Буря:", json.dumps(report.storm, ensure_ascii=False))
        for finding in report.findings:
            console.print(f"[red]{finding}[/]")
        console.print("Всё сошлось." if not report.findings else "Есть нарушения.")
    if report.findings:
        raise SystemExit(1)


def _stage(settings: Settings, home: Path) -> Stage:
    """Collaborators on an empty home; nothing of the operator's own settings but the database.

    Raises `ClickException` where there is anything already.
    """
    if home.exists() and any(home.iterdir()):
        raise click.ClickException(f"{home}: здесь уже что-то есть; назовите пустой каталог")
    port = free_port()
    fresh = replace(
        Settings(),
        home=home,
        database_url=settings.database_url,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
    )
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    stage = Stage(fresh)
    file = sqlite_file(fresh.database)
    if file is None or file.exists():
        with stage.reading.connect() as connection:
            if schema.current(connection) is not None:
                raise click.ClickException("база данных не пуста: для прогона нужна пустая")
    return stage


def _storm(stage: Stage, report: Report, listed: InventedSchool, answers: int) -> None:
    """A school of its own whose last day is today; everybody answers at once."""
    school = RehearsedSchool.found(stage, listed.number, deadline_in_days=0)
    school.take_in(listed)
    school.agree_on_signature()
    replies = storm(stage, open_families(stage, school, answers))
    with stage.units.open(SYSTEM) as unit:
        kept = sum(map(len, unit.consents.answers_by_ask(school.school_id).values()))
    report.storm, found = summary(replies, kept)
    report.findings += found


@contextmanager
def _logs_in(file: Path) -> Iterator[None]:
    """The worker's lines go to a file, for standard output is the report's."""
    with file.open("w") as lines:
        set_up_logs(lines)
        try:
            yield
        finally:
            structlog.reset_defaults()


def _table(report: Report) -> Table:
    title = f"Регион: школ {report.schools} по {report.pupils} учеников, зерно {report.seed}"
    numbers = ("человек", "секунд", "процессор", "человек/с", "в начале", "в конце", "память, МБ")
    table = Table("фаза", "сделано", title=f"{title}, {report.engine}")
    for name in numbers:
        table.add_column(name, justify="right")
    return table


def _tell(console: Console, phase: Phase, table: Table) -> None:
    """One line at once, for a long rehearsal, and a row of the table for the end."""
    table.add_row(
        phase.name,
        f"{phase.count} {phase.what}",
        f"{phase.persons}",
        f"{phase.seconds:.1f}",
        f"{phase.cpu_seconds:.1f}",
        f"{phase.rate:.0f}",
        f"{phase.first_rate:.0f}",
        f"{phase.last_rate:.0f}",
        f"{phase.rss_start:.0f} → {phase.rss_end:.0f}",
    )
    console.print(f"{phase.name}: {phase.count} {phase.what}, {phase.seconds:.1f} с")
