"""The events of the journal: filters in the address, counts, one event with its proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Response, request

from audit.event import Event
from audit.journal import Entry, Inclusion
from audit.kinds import KINDS, REFUSALS
from audit.search import MOST_COUNTED, Facet
from crypto import canonical
from gateway.actions.search_journal import search_events, see_event
from gateway.errors import JournalBehind
from gateway.unit import Unit
from gateway.web.context import current_unit
from gateway.web.journal_filters import wanted
from gateway.web.pages.audit.filters import OUTCOMES, Asked, asked
from gateway.web.pages.audit.frame import READ, auditor, framed
from gateway.web.pages.audit.words import ACTORS, ALL_ROLES, Names, Part, parts, sentence
from gateway.web.pages.site import Page, Sheet

DAMAGED = "Запись повреждена. Проверьте журнал."
ON_A_PAGE = 50
MOST_CHIPS = 12
EVENT = f"/audit/events/<int(max={canonical.MAX_INT}):idx>"


@dataclass(frozen=True, slots=True)
class Row:
    """One event in a list. `zone` None: it belongs to no school; `at` None: it is damaged."""

    idx: int
    at: datetime | None
    zone: str | None
    school: str
    words: str
    is_refusal: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of a facet. `href`: the same list with it, or without it when it is `on`."""

    words: str
    count: int
    href: str
    on: bool


@auditor.on("GET", "/audit/events", READ)
def events() -> Page:
    """What matches, newest first."""
    unit, said = current_unit(), asked()
    before = request.args.get("before", "")
    found = search_events(
        unit,
        wanted(unit, said.told),
        int(before[:15]) if before.isascii() and before.isdigit() else None,
        ON_A_PAGE,
    )
    names = names_of(unit, [each.event for each in found.entries if each.event], found.facets)
    total = sum(facet.count for facet in found.facets)
    return framed(
        "events.html",
        said=said.said,
        rows=[row_of(entry, names) for entry in found.entries],
        groups=_groups(said, found.facets, names),
        total=total,
        is_more_than_counted=total >= MOST_COUNTED,
        waiting=found.waiting,
        earlier=said.address("before", str(found.earlier)) if found.earlier is not None else None,
        first=said.address() if before else None,
        kinds=[("", "все виды"), *((kind.name, kind.meaning[:-1]) for kind in KINDS.values())],
        actors=[("", "кто угодно"), *ACTORS.items()],
        outcomes=[("", "любой"), *OUTCOMES.items()],
        schools=[("", "все школы"), *_schools(unit)],
    )


@auditor.on("GET", EVENT, READ)
def event(idx: int) -> Page:
    """One event: a sentence, its fields, the bytes that are hashed, and the proof."""
    unit = current_unit()
    seen = see_event(unit, idx)
    found = seen.place.entry
    if found.event is None:
        return framed("damaged.html", entry=found, place=seen.place)
    names = names_of(unit, [found.event])
    return framed(
        "event.html",
        entry=found,
        row=row_of(found, names),
        parts=linked(parts(found.event, names), found.event),
        body=seen.place.body.decode(),
        envelope=seen.place.envelope.decode(),
        leaf_hash=seen.place.leaf_hash.hex(),
        proof=seen.proof,
        meaning=KINDS[found.event.kind].meaning,
    )


@auditor.on("GET", f"{EVENT}/proof.json", READ)
def proof(idx: int) -> Sheet:
    """The proof as a file that any program of RFC 9162 reads."""
    seen = see_event(current_unit(), idx)
    if seen.proof is None:
        raise JournalBehind
    return Sheet(partial(_proof_file, seen.proof))


def linked(told: Iterable[Part], event: Event) -> list[tuple[Part, dict[str, str]]]:
    """Each part with the filters that show everything about its thing."""
    school = {"school_id": str(event.school_id)} if event.school_id else {}
    return [(part, {"object_id": part.about, **school} if part.about else {}) for part in told]


def row_of(entry: Entry, names: Names) -> Row:
    """For lists here and elsewhere."""
    event = entry.event
    if event is None:
        return Row(entry.idx, None, None, "", DAMAGED, is_refusal=False)
    return Row(
        entry.idx,
        event.at,
        names.zones.get(event.school_id) if event.school_id else None,
        names.of(event.school_id) or "",
        sentence(event, names),
        event.kind in REFUSALS,
    )


def names_of(unit: Unit, events: Iterable[Event], facets: Iterable[Facet] = ()) -> Names:
    """Schools, classes, workers and clients of these events; nobody of a family."""
    listed = list(events)
    named = names_of_ids(
        unit,
        {each.school_id for each in listed} | {each.school_id for each in facets},
        {*_ids(listed, "staff_id"), *(e.actor.ref for e in listed if e.actor.kind == "staff")},
    )
    platforms = {each.actor.ref for each in listed if each.actor.kind == "platform"}
    by_id = {
        **named.by_id,
        **unit.schools.names_of_classes(_ids(listed, "class_id")),
        **unit.clients.names(_known({*_ids(listed, "client_id"), *platforms})),
    }
    return Names(by_id, named.zones)


def names_of_ids(unit: Unit, schools: Iterable[UUID | None], staff: Iterable[UUID | None]) -> Names:
    """Names of these schools, with their zones, and of these workers: one query for each kind."""
    places, workers = _known(schools), _known(staff)
    found = unit.schools.these(places) if places else []
    by_id = {each.id: each.short_name for each in found}
    for worker in unit.staff.these(workers) if workers else []:
        by_id[worker.id] = f"{worker.login} ({ALL_ROLES[worker.role.value]})"
    return Names(by_id, {each.id: each.zone for each in found})


def _known(ids: Iterable[UUID | None]) -> set[UUID]:
    return {each for each in ids if each is not None}


def _ids(events: Iterable[Event], name: str) -> set[UUID]:
    return {UUID(str(each.data[name])) for each in events if name in each.data}


def _schools(unit: Unit) -> list[tuple[str, str]]:
    found = unit.schools.page(None, 1000)
    return sorted(((str(each.id), each.short_name) for each in found), key=lambda pair: pair[1])


def _groups(said: Asked, facets: list[Facet], names: Names) -> list[tuple[str, list[Chip]]]:
    return [
        (
            "Вид",
            _chips(
                said,
                "kind",
                facets,
                lambda f: f.kind,
                lambda v: KINDS[v].meaning[:-1] if v in KINDS else v,
            ),
        ),
        ("Кто", _chips(said, "actor", facets, lambda f: f.actor_kind, lambda v: ACTORS[v])),
        ("Исход", _chips(said, "outcome", facets, _outcome, lambda v: OUTCOMES[v])),
        (
            "Школа",
            _chips(
                said,
                "school_id",
                facets,
                lambda f: str(f.school_id or ""),
                lambda v: names.of(v) or v,
            ),
        ),
    ]


def _outcome(facet: Facet) -> str:
    return "refused" if facet.kind in REFUSALS else "done"


def _chips(
    said: Asked,
    name: str,
    facets: list[Facet],
    key: Callable[[Facet], str],
    words: Callable[[str], str],
) -> list[Chip]:
    counts: Counter[str] = Counter()
    for facet in facets:
        counts[key(facet)] += facet.count
    return [
        Chip(words(value), count, said.address(name, None if is_on else value), is_on)
        for value, count in counts.most_common(MOST_CHIPS)
        if value
        for is_on in [said.said.get(name) == value]
    ]


def _proof_file(proof: Inclusion) -> Response:
    answer = Response(canonical.dumps(proof.as_json()), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=proof-{proof.idx}.json"
    return answer
