"""`soglasie import check`: look at a class list. Needs no home and no database, keeps nothing.

Exit codes: 0 nothing to do, 1 there are findings, 2 the file cannot be read or wrong use. What it
prints is the teacher's own list, so it goes to the one who asked and nowhere else.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from gateway.intake.annotated import annotate
from gateway.intake.cells import Limits, UnreadableFile
from gateway.intake.classes import parse_class
from gateway.intake.confined import read_tables
from gateway.intake.items import Repair
from gateway.intake.rows import Intake, read_list
from gateway.intake.telling import Answer, answer_of, asks, refusal_of, sentence
from policies.fields import PERSONAL
from policies.findings import Code, text_of
from policies.programme import load_programme

if TYPE_CHECKING:
    from rich.console import Console

CLEAN, FOUND, UNREADABLE = 0, 1, 2
_KINDS = {
    "xlsx": "таблица Excel",
    "xls": "таблица Excel 97–2003",
    "ods": "таблица OpenDocument",
    "html": "таблица из веб-страницы",
    "xml": "таблица XML",
    "csv": "текст с разделителями",
}
_DELIMITERS = {";": "точка с запятой", ",": "запятая", "\t": "табуляция"}


@click.group("import", help="Списки классов.")
def importing() -> None:
    pass


def _class_name(_context: click.Context, _option: click.Parameter, said: str | None) -> str | None:
    if said is None:
        return None
    name = parse_class(said)
    if name is None:
        raise click.BadParameter("это не класс; напишите, например, 7А")
    return name


@importing.command("check", help="Проверить список класса. Код выхода: 0, 1 или 2.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="ответ машине, а не человеку")
@click.option(
    "--annotated",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="сюда записать тот же список с пометками (XLSX)",
)
@click.option("--programme", default="mesh-2020", show_default=True, help="правила какой передачи")
@click.option("--class", "class_name", callback=_class_name, help="класс, если его нет в файле")
@click.option("--sheet", help="прочитать только этот лист")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]),
    help="считать возраст на этот день (обычно сегодня)",
)
def check(
    file: Path,
    as_json: bool,
    annotated: Path | None,
    programme: str,
    class_name: str | None,
    sheet: str | None,
    today: datetime | None,
) -> None:
    try:
        rules = load_programme(programme)
    except (OSError, ValueError):
        raise click.BadParameter("такой передачи нет", param_hint="--programme") from None
    if annotated is not None and annotated.exists() and annotated.samefile(file):
        raise click.BadParameter("это сам список; назовите другой файл", param_hint="--annotated")
    try:
        tables = read_tables(_bytes(file))
        read = read_list(tables, file.name, rules, _day(today), sheet=sheet, class_name=class_name)
    except UnreadableFile as refusal:
        _refuse(refusal, as_json)
    if annotated is not None:
        _keep(annotated, annotate(tables, read))
    answer = answer_of(read)
    if as_json:
        _print_json(answer)
    else:
        _print_report(read, answer)
    sys.exit(FOUND if answer["findings"] else CLEAN)


def _bytes(file: Path) -> bytes:
    """No more of it than is ever read."""
    try:
        with file.open("rb") as stream:
            return stream.read(Limits().file_bytes + 1)
    except OSError:
        raise click.BadParameter("файл не открывается", param_hint="FILE") from None


def _keep(file: Path, data: bytes) -> None:
    """Readable by its owner alone: it holds the list."""
    try:
        file.touch(mode=0o600)
        file.write_bytes(data)
    except OSError:
        raise click.BadParameter("сюда не записать", param_hint="--annotated") from None


def _refuse(refusal: UnreadableFile, as_json: bool) -> NoReturn:
    code = Code(refusal.code)
    if as_json:
        _print_json(refusal_of(code))
    click.echo(text_of(code), err=True)
    if refusal.sheets:
        click.echo("Листы: " + ", ".join(map(_clean, refusal.sheets)), err=True)
    sys.exit(UNREADABLE)


def _print_json(answer: Answer) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def _print_report(read: Intake, answer: Answer) -> None:
    from rich.console import Console

    console = Console()
    counts = read.counts
    rows = counts.pupils + counts.nameless
    ready = len(answer["pupils"])
    console.print(_how(read), highlight=False, markup=False)
    console.print(
        f"Строк {rows} · готовы {ready} · исправить {rows - ready}"
        f" · исправили сами {counts.repairs}",
        style="bold",
        highlight=False,
    )
    hints = [finding for finding in read.findings if not asks(finding)]
    questions = [finding for finding in read.findings if asks(finding)]
    for title, findings in (("Исправьте", questions), ("Взгляните", hints)):
        _print_table(
            console,
            title,
            ("строка", "столбец", "что не так"),
            [(_row(read, each.row), each.column or "", sentence(read, each)) for each in findings],
        )
    _print_table(
        console,
        "Исправили сами",
        ("строка", "столбец", "было", "стало", "что сделали"),
        [
            (_row(read, each.row), each.column, each.before, _shown(each), text_of(each.code))
            for each in read.repairs
        ],
    )
    if read.unread:
        unread = ", ".join(map(_clean, read.unread))
        console.print(f"Не читали столбцы: {unread}", highlight=False, markup=False)


def _how(read: Intake) -> str:
    """How the file was understood, so that a wrong guess is seen at once."""
    said = [_KINDS[read.kind]]
    if read.encoding:
        said.append(f"буквы {read.encoding}")
    if read.delimiter:
        said.append(f"разделитель: {_DELIMITERS.get(read.delimiter, read.delimiter)}")
    if read.sheets != ("",):
        said.append("листы: " + ", ".join(map(_clean, read.sheets)))
    said.append(f"названия столбцов в строке {read.header_row}")
    return "Прочитали: " + "; ".join(said) + "."


def _shown(repair: Repair) -> str:
    """The value as a reader has it on paper."""
    return PERSONAL[repair.item].show(repair.after) if repair.item else repair.after


def _row(read: Intake, line: int | None) -> str:
    return "" if line is None else str(read.place(line)[1])


def _print_table(
    console: Console, title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    if not rows:
        return
    from rich.table import Table as Columns
    from rich.text import Text

    table = Columns(*columns, title=f"{title}: {len(rows)}", title_justify="left")
    for row in rows:
        table.add_row(*(Text(_clean(cell)) for cell in row))
    console.print(table)


def _clean(text: str) -> str:
    """A cell on a terminal: no control signs, which could move its cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _day(today: datetime | None) -> date:
    return today.date() if today else datetime.now(UTC).astimezone().date()
