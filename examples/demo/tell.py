"""What a person at the terminal reads: steps, who did what, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

_WHO_WIDTH = 15


class Teller:
    """Tells the story; `console` may be quiet."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def step(self, number: int, title: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]Шаг {number}. {title}[/]", align="left", style="cyan")

    def did(self, who: str, what: str) -> None:
        """Somebody did something and it came out as expected."""
        self._line(f"[green]{who}[/]", what)

    def refused(self, what: str, sentence: str) -> None:
        """The service said no, and that was right."""
        self._line("[yellow]Шлюз[/]", f"{what} [yellow]Отказ:[/] {sentence}")

    def note(self, text: str) -> None:
        """An aside."""
        self._line("", f"[dim]{text}[/]")

    def table(
        self, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: int = 0
    ) -> None:
        """`numbers`: how many of the last columns hold numbers."""
        table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
        for at, head in enumerate(heads):
            table.add_column(head, justify="right" if at >= len(heads) - numbers else "left")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        self.console.print(Padding(table, (0, 0, 0, 2)))

    def _line(self, who: str, what: str) -> None:
        line = Table.grid(padding=(0, 1))
        line.add_column(width=_WHO_WIDTH)
        line.add_column(overflow="fold")
        line.add_row(who, what)
        self.console.print(Padding(line, (0, 0, 0, 2)))


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 семья», «2 семьи», «5 семей»."""
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} {one}"
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return f"{number} {few}"
    return f"{number} {many}"


def of_pupils(number: int) -> str:
    """«60 учеников»."""
    return plural(number, "ученик", "ученика", "учеников")
