"""One shape for whatever can grow: `after`, `limit`, and in the answer `next`, null at the end.

A feed goes by positions of the journal and passes over nothing (decision 0005). A list goes by the
ids of its things: what was there all the while is shown exactly once, whatever is added meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from gateway.errors import BadInput
from gateway.web.schemas.fields import cursor_text, id_cursor_text

Answer = tuple[Mapping[str, object], Mapping[str, str]]


def page(
    name: str, entries: Sequence[object], positions: Sequence[int], told: Mapping[str, Any]
) -> Answer:
    """One page of a feed; a full one names the next (RFC 8288)."""
    is_full = len(entries) >= told["limit"]
    return _answer(name, entries, cursor_text(positions[-1]) if is_full else None, told)


def id_page(name: str, rows: Sequence[tuple[UUID, object]], told: Mapping[str, Any]) -> Answer:
    """One page of a list that the store has cut already."""
    is_full = len(rows) >= told["limit"]
    after = id_cursor_text(rows[-1][0]) if is_full else None
    return _answer(name, [entry for _, entry in rows], after, told)


def part_of(name: str, rows: Sequence[tuple[UUID, object]], told: Mapping[str, Any]) -> Answer:
    """One page of a list that is known whole, in its own order.

    Raises `BadInput` when what the cursor names has left the list: begin anew.
    """
    begin = 0
    if told["after"] is not None:
        places = {row_id: place for place, (row_id, _) in enumerate(rows)}
        if told["after"] not in places:
            raise BadInput({"/after": "cursor_form"})
        begin = places[told["after"]] + 1
    return id_page(name, rows[begin : begin + told["limit"]], told)


def _answer(
    name: str, entries: Sequence[object], after: str | None, told: Mapping[str, Any]
) -> Answer:
    if after is None:
        return {name: entries, "next": None}, {}
    query = {n: v for n, v in told.items() if v is not None} | {"after": after}
    link = f'<{request.path}?{urlencode(query)}>; rel="next"'
    return {name: entries, "next": after}, {"Link": link}
