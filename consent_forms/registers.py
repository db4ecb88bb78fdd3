"""Printed registers of a school: a title, sums, one table, tagged for screen readers.

What stands in a register is told by the caller in words; here is only its form on paper.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from consent_forms import printing
from consent_forms.rendering import environment

WIDE = 5
"""From so many columns on a sheet lies on its side."""


@dataclass(frozen=True, slots=True)
class Register:
    """`made`: when and by whom, in words. `facts`: label and value. `rows`: cells in the order of
    `columns`; `sums`: sentences under the title. `empty` stands where there is no row.
    """

    title: str
    school_name: str
    made: str
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sums: tuple[str, ...] = ()
    caption: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    empty: str = ""

    @property
    def is_wide(self) -> bool:
        return len(self.columns) >= WIDE


def register_html(register: Register) -> bytes:
    """One HTML document; the same register gives the same bytes."""
    page = environment().get_template("register.html")
    return page.render(register=register).encode()


def register_pdf(register: Register) -> bytes:
    """A4, tagged (PDF/UA-1); the head of the table is repeated on every page."""
    return printing.pdf(register_html(register))
