"""Looking for events: each filter alone, together, newest first, counted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from audit import search
from audit.event import Actor, Event
from audit.record import record_many
from audit.search import Wanted
from tests.audit.journals import LATER, OTHER_SCHOOL, SCHOOL, START

WORKER, FAMILY, PERSON, CLASS = (UUID(int=n) for n in (11, 12, 13, 14))


def an_event(number: int, kind: str, school: UUID | None, actor: Actor, **data: object) -> Event:
    at = START + timedelta(hours=number)
    return Event(UUID(int=1000 + number), kind, school, actor, at, None, data)


STAFF = Actor("staff", WORKER)
EVENTS = [
    an_event(0, "person.read", SCHOOL, STAFF, person_id=PERSON, purpose="desk"),
    an_event(1, "person.read", OTHER_SCHOOL, Actor("family", FAMILY), person_id=FAMILY,
             purpose="own_items"),
    an_event(2, "class.added", SCHOOL, STAFF, class_id=CLASS),
    an_event(3, "session.denied", None, Actor("system"), reason="unknown"),
    an_event(4, "person.changed", SCHOOL, Actor("family", PERSON), person_id=PERSON,
             fields=["email"]),
]  # fmt: skip


@pytest.fixture
def connection(engine, make_sequencer):
    with engine.begin() as writing:
        record_many(writing, EVENTS)
    make_sequencer(engine).integrate_once(LATER + timedelta(days=1))
    with engine.begin() as reading:
        yield reading


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param(Wanted(), [0, 1, 2, 3, 4], id="everything"),
        pytest.param(Wanted(since=START + timedelta(hours=3)), [3, 4], id="from a moment on"),
        pytest.param(Wanted(until=START + timedelta(hours=1)), [0], id="before a moment"),
        pytest.param(Wanted(kinds=frozenset({"class.added"})), [2], id="a kind"),
        pytest.param(Wanted(kinds=frozenset({""})), [], id="no kind at all"),
        pytest.param(Wanted(actor_kind="family"), [1, 4], id="a kind of actor"),
        pytest.param(Wanted(school_id=OTHER_SCHOOL), [1], id="a school"),
        pytest.param(Wanted(about=frozenset({PERSON})), [0, 4], id="as object and as actor"),
        pytest.param(Wanted(about=frozenset({FAMILY, CLASS})), [1, 2], id="any of several"),
        pytest.param(
            Wanted(actor_kind="staff", about=frozenset({PERSON})), [0], id="two filters together"
        ),
        pytest.param(Wanted(about=frozenset({UUID(int=99)})), [], id="nobody"),
    ],
)
def test_a_filter_leaves_what_it_names(connection, wanted, numbers):
    found = [int(e.event.id) - 1000 for e in search.oldest(connection, wanted)]
    assert sorted(found) == numbers
    assert sum(f.count for f in search.facets(connection, wanted)) == len(numbers)
    assert [e.event for page in search.pages(connection, wanted) for e in page] == [
        e.event for e in search.oldest(connection, wanted)
    ]


def test_the_newest_come_first_and_by_pages(connection):
    first = search.newest(connection, Wanted(), limit=2)
    assert [entry.idx for entry in first] == [4, 3]
    rest = search.newest(connection, Wanted(), before=first[-1].idx)
    assert [entry.idx for entry in rest] == [2, 1, 0]


def test_counts_tell_kind_school_and_actor_apart(connection):
    counted = {(f.kind, f.school_id, f.actor_kind): f.count for f in search.facets(
        connection, Wanted(kinds=frozenset({"person.read", "session.denied"})))}  # fmt: skip
    assert counted == {
        ("person.read", SCHOOL, "staff"): 1,
        ("person.read", OTHER_SCHOOL, "family"): 1,
        ("session.denied", None, "system"): 1,
    }


def test_a_place_gives_the_bytes_that_are_hashed(connection):
    place = search.place(connection, 2)
    assert place is not None
    assert place.body == place.entry.event.body()
    assert search.place(connection, 5) is None
    newest = search.last_of_kind(connection, "person.read")
    assert newest == EVENTS[1]
