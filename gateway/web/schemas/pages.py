"""How a page is asked for: the same two parameters everywhere."""

from __future__ import annotations

from marshmallow import fields, validate

from gateway.web.schemas.fields import MESSAGES, START, Cursor, IdCursor, Wire

MOST_ON_A_PAGE = 200
IN_A_FEED = 100


def _limit(usual: int) -> fields.Integer:
    return fields.Integer(
        load_default=usual,
        error_messages=MESSAGES,
        validate=validate.Range(1, MOST_ON_A_PAGE, error="number_range"),
    )


class Page(Wire):
    """Of a feed in the order of the journal. `after`: the `next` of an earlier answer."""

    after = Cursor(load_default=START, error_messages=MESSAGES)
    limit = _limit(IN_A_FEED)


class ListPage(Wire):
    """Of a list of things. `after`: the `next` of an earlier answer."""

    after = IdCursor(load_default=None, error_messages=MESSAGES)
    limit = _limit(MOST_ON_A_PAGE)
