"""Tables as JSON: for the child's answer and for the sealed draft of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gateway.intake.cells import Cell, Row, Table


def spelt(tables: Iterable[Table]) -> list[dict[str, object]]:
    """Members of canonical JSON. A cell is a letter and its text: s, f (float), d (ISO day)."""
    return [
        {
            "kind": table.kind,
            "sheet": table.sheet,
            "rows": [[row.number, *map(_spelt, row.cells)] for row in table.rows],
            "encoding": table.encoding,
            "delimiter": table.delimiter,
            "hidden": sorted(table.hidden),
            "is_hidden": table.is_hidden,
            "said": [[at, meaning] for at, meaning in sorted(table.said.items())],
            "above": list(table.above),
        }
        for table in tables
    ]


def tables_in(said: Iterable[Mapping[str, Any]]) -> tuple[Table, ...]:
    """The way back. Raises ValueError, TypeError or KeyError for nonsense."""
    return tuple(
        Table(
            kind=table["kind"],
            sheet=table["sheet"],
            rows=tuple(Row(number, tuple(map(_read, cells))) for number, *cells in table["rows"]),
            encoding=table["encoding"],
            delimiter=table["delimiter"],
            hidden=frozenset(table["hidden"]),
            is_hidden=table["is_hidden"],
            said={int(at): str(meaning) for at, meaning in table["said"]},
            above=tuple(map(str, table["above"])),
        )
        for table in said
    )


def _spelt(cell: Cell) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, str):
        return "s" + cell
    return "f" + repr(cell) if isinstance(cell, float) else "d" + cell.isoformat()


def _read(spelt: str | None) -> Cell:
    if spelt is None:
        return None
    kind, text = spelt[0], spelt[1:]
    if kind == "s":
        return text
    return float(text) if kind == "f" else date.fromisoformat(text)
