"""The auditor's questions to the journal: what matches, how many, one event, one person.

Every question is an event itself. What is asked about a person by a value becomes keyed tokens in
memory; neither the value nor a token is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from audit import search
from audit.journal import Entry, Inclusion, inclusion_proof, pending_count
from audit.search import Facet, Place, Wanted
from gateway.errors import BadInput, NotFound
from gateway.unit import Unit
from policies.anomalies import KINDS as ANOMALY_KINDS
from policies.anomalies import Anomaly, Told, anomalies
from policies.facts import Field

SEARCHED = (Field.SNILS, Field.PHONE, Field.EMAIL)
MOST_EXPORTED = 200_000
MOST_SCHOOLS = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One page, newest first. `earlier`: index to go on before, None at the end; `waiting`: events
    without a place yet, which no search shows.
    """

    entries: list[Entry]
    facets: list[Facet]
    earlier: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Seen:
    """`proof` None: no signed checkpoint covers the event yet."""

    place: Place
    proof: Inclusion | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of one school who holds, or held, a value. `is_destroyed`: the record is gone."""

    school_id: UUID
    person_id: UUID
    is_destroyed: bool


def search_events(unit: Unit, wanted: Wanted, before: int | None, limit: int) -> Found:
    """One page of what matches, with counts over all of it."""
    unit.record("journal.read", purpose="search")
    entries = search.newest(unit.connection, wanted, before, limit + 1)
    is_more = len(entries) > limit
    return Found(
        entries[:limit],
        search.facets(unit.connection, wanted),
        entries[limit - 1].idx if is_more else None,
        pending_count(unit.connection),
    )


def see_event(unit: Unit, idx: int) -> Seen:
    """The event at an index of the log. Raises `NotFound`."""
    unit.record("journal.read", purpose="event")
    place = search.place(unit.connection, idx)
    if place is None:
        raise NotFound
    return Seen(place, inclusion_proof(unit.connection, place.entry.id))


def about_person(unit: Unit, wanted: Wanted, school_id: UUID, person_id: UUID) -> Wanted:
    """What names the person, or an ask, answer or link of theirs. Raises `NotFound`."""
    unit.schools.get(school_id)
    about = unit.named.of_person(school_id, person_id)
    return replace(wanted, school_id=school_id, about=frozenset({person_id, *about}))


def find_person(unit: Unit, field: Field, value: str) -> list[Person]:
    """Who in which school holds the canonical `value`. The search is an event, found or not.

    A destroyed person is still known by the SNILS, as by the next class list (decision 0016).
    """
    found = unit.named.holders(field, value)
    unit.record("journal.searched", field=field.value, found=len(found))
    return [Person(*each) for each in found]


def see_anomalies(unit: Unit, since: datetime, school_id: UUID | None) -> list[Anomaly]:
    """What stands out since then. Raises `BadInput` when there is too much to judge at once."""
    unit.record("journal.read", purpose="anomalies")
    zones = {school.id: ZoneInfo(school.zone) for school in unit.schools.page(None, MOST_SCHOOLS)}
    told: list[Told] = []
    wanted = Wanted(since=since, school_id=school_id, kinds=ANOMALY_KINDS)
    for entries in search.pages(unit.connection, wanted):
        told += [each for entry in entries if (each := _told(entry, zones))]
        if len(told) > MOST_EXPORTED:
            raise BadInput({"/days": "too_many_events"})
    return anomalies(told)


def _told(entry: Entry, zones: Mapping[UUID, ZoneInfo]) -> Told | None:
    """None for a damaged record: it says nothing of anybody, and the check finds it."""
    event = entry.event
    if event is None or entry.integrated_at is None:
        return None
    zone = zones.get(event.school_id) if event.school_id else None
    return Told(
        entry.idx,
        event.kind,
        event.at,
        entry.integrated_at,
        event.actor.kind,
        event.actor.ref,
        event.school_id,
        event.at.astimezone(zone).hour if zone else None,
        event.data,
    )


def export_events(
    unit: Unit, wanted: Wanted, form: str, write: Callable[[list[Entry]], None]
) -> None:
    """Hand what matches to `write`, in order. `form`: code of the file's kind.

    Raises `BadInput` when more than `MOST_EXPORTED` match: ask about less.
    """
    count, size = 0, 0
    for entries in search.pages(unit.connection, wanted):
        count, size = count + len(entries), entries[-1].idx + 1
        if count > MOST_EXPORTED:
            raise BadInput({"/form": "too_many_events"})
        write(entries)
    unit.record("journal.exported", size=size, events=count, format=form)
