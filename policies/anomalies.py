"""What in the journal an auditor should look at, and why it is shown.

None of it proves a fault: each rule names what the events themselves show, with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MOST_READ = 40  # people whom one worker opens in an hour of ordinary work
NIGHT = (23, 6)  # from, until: full hours by the school's clock
SIGNED_SOON = timedelta(days=3)
WRONG_CODES = 10
DENIALS = 5
WRONG_PASSWORDS = 10
PAPERS = 5  # answers on paper that one worker enters in a minute
LEAST_CHANGED = 5
CHANGED_SHARE = 0.1
WAITED = timedelta(minutes=10)
CONTACTS = frozenset({"email", "phone"})


class Sign(StrEnum):
    """Rules by name."""

    MANY_READ = "many_read"
    READ_AT_NIGHT = "read_at_night"
    CONTACT_THEN_SIGNED = "contact_then_signed"
    WRONG_CODES = "wrong_codes"
    WRONG_PASSWORDS = "wrong_passwords"
    DENIALS = "denials"
    QUICK_APPROVAL = "quick_approval"
    QUICK_PAPERS = "quick_papers"
    LIST_REWRITES = "list_rewrites"
    PLACED_LATE = "placed_late"


WHY: Mapping[Sign, str] = MappingProxyType(
    {
        Sign.MANY_READ: f"Один сотрудник за час открыл сведения больше чем {MOST_READ} человек.",
        Sign.READ_AT_NIGHT: f"Сведения читали с {NIGHT[0]} до {NIGHT[1]} часов по времени школы.",
        Sign.CONTACT_THEN_SIGNED: (
            "Сотрудник изменил почту или телефон, и за три дня с этим человеком подписано согласие"
            " кодом: подпись мог поставить тот, кому принадлежит новый контакт."
        ),
        Sign.WRONG_CODES: f"За час в одной школе {WRONG_CODES} раз или чаще вводили неверный код.",
        Sign.WRONG_PASSWORDS: f"За час {WRONG_PASSWORDS} раз или чаще отказано во входе.",
        Sign.DENIALS: f"Одному сотруднику за час {DENIALS} раз или чаще отказано в действии.",
        Sign.QUICK_APPROVAL: (
            "Передачу утвердили меньше чем через минуту после подготовки: состав за это время не"
            " прочесть."
        ),
        Sign.QUICK_PAPERS: (
            f"Один сотрудник за минуту записал {PAPERS} ответов на бумаге или больше: столько не"
            " успеть проверить."
        ),
        Sign.LIST_REWRITES: "Загруженный список изменил сведения больше чем у десятой части людей.",
        Sign.PLACED_LATE: "События ждали места в журнале дольше десяти минут.",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the rules read it. `idx`: its place; `hour`: by the school's clock, None for an
    event of no school; `placed_at`: when it got its place.
    """

    idx: int
    kind: str
    at: datetime
    placed_at: datetime
    actor_kind: str
    actor: UUID | None = None
    school_id: UUID | None = None
    hour: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`events`: places of what it is about, in order; `count`: the number that stands out."""

    sign: Sign
    at: datetime
    events: tuple[int, ...]
    count: int
    school_id: UUID | None = None
    actor: UUID | None = None


Rule = Callable[[Sequence[Told]], Iterable[Anomaly]]


def many_read(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Different people within an hour by one worker; a class list counts as one look."""
    reads = [t for t in told if t.kind == "person.read" and t.actor_kind == "staff"]
    for some in _bursts(reads, lambda t: t.actor, HOUR, MOST_READ + 1):
        people = len({t.data["person_id"] for t in some})
        if people > MOST_READ:
            yield _of(Sign.MANY_READ, some, people)


def read_at_night(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Each worker once a night."""
    kinds = {"person.read", "class.read", "evidence.read", "import.read"}
    reads = [t for t in told if t.kind in kinds and t.actor_kind == "staff" and _is_night(t.hour)]
    night = timedelta(hours=24 - NIGHT[0] + NIGHT[1])
    for some in _bursts(reads, lambda t: t.actor, night, 1):
        yield _of(Sign.READ_AT_NIGHT, some, len(some))


def contact_then_signed(told: Sequence[Told]) -> Iterable[Anomaly]:
    """The latest change of a contact by staff before a signature by code."""
    changed: dict[object, Told] = {}
    for each in told:
        if each.kind == "person.changed" and each.actor_kind == "staff":
            fields = each.data["fields"]
            if isinstance(fields, list) and CONTACTS & set(fields):
                changed[each.data["person_id"]] = each
        elif each.kind == "consent.given" and each.data["evidence"] == "LOCAL_PEP":
            before = changed.pop(each.data["signer_id"], None)
            if before is not None and each.at - before.at <= SIGNED_SOON:
                yield Anomaly(
                    Sign.CONTACT_THEN_SIGNED,
                    each.at,
                    (before.idx, each.idx),
                    2,
                    each.school_id,
                    before.actor,
                )


def wrong_codes(told: Sequence[Told]) -> Iterable[Anomaly]:
    """By school: one who guesses goes through many links."""
    refused = [t for t in told if t.kind == "code.refused"]
    for some in _bursts(refused, lambda t: t.school_id, HOUR, WRONG_CODES):
        yield _of(Sign.WRONG_CODES, some, len(some), with_actor=False)


def wrong_passwords(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Over the whole service, for most of them name nobody."""
    refused = [t for t in told if t.kind == "session.denied"]
    for some in _bursts(refused, lambda t: None, HOUR, WRONG_PASSWORDS):
        yield Anomaly(Sign.WRONG_PASSWORDS, some[-1].at, tuple(t.idx for t in some), len(some))


def denials(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Somebody tries what the role does not let them do."""
    refused = [t for t in told if t.kind == "access.denied" and t.actor is not None]
    for some in _bursts(refused, lambda t: t.actor, HOUR, DENIALS):
        yield _of(Sign.DENIALS, some, len(some))


def quick_approval(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Two people, and no time for the second to read."""
    prepared = {t.data["release_id"]: t for t in told if t.kind == "release.prepared"}
    for each in told:
        if each.kind == "release.approved":
            before = prepared.get(each.data["release_id"])
            if before is not None and each.at - before.at < MINUTE:
                seconds = int((each.at - before.at).total_seconds())
                yield Anomaly(
                    Sign.QUICK_APPROVAL,
                    each.at,
                    (before.idx, each.idx),
                    seconds,
                    each.school_id,
                    each.actor,
                )


def quick_papers(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Answers that staff enter for families, whatever they say."""
    entered = [
        t
        for t in told
        if t.kind in {"consent.given", "consent.refused"}
        and t.actor_kind == "staff"
        and str(t.data["evidence"]).startswith("PAPER_")
    ]
    for some in _bursts(entered, lambda t: t.actor, MINUTE, PAPERS):
        yield _of(Sign.QUICK_PAPERS, some, len(some))


def list_rewrites(told: Sequence[Told]) -> Iterable[Anomaly]:
    """A list that comes again should change little."""
    for each in told:
        if each.kind == "import.committed":
            changed, unchanged = each.data["changed"], each.data["unchanged"]
            if not isinstance(changed, int) or not isinstance(unchanged, int):
                continue
            if changed >= LEAST_CHANGED and changed > CHANGED_SHARE * (changed + unchanged):
                yield _of(Sign.LIST_REWRITES, [each], changed)


def placed_late(told: Sequence[Told]) -> Iterable[Anomaly]:
    """Each time that the journal stood still once."""
    late = [t for t in told if t.placed_at - t.at > WAITED]
    by_batch: dict[datetime, list[Told]] = {}
    for each in late:
        by_batch.setdefault(each.placed_at, []).append(each)
    for some in by_batch.values():
        yield Anomaly(Sign.PLACED_LATE, some[0].at, tuple(t.idx for t in some), len(some))


RULES: Mapping[Sign, Rule] = MappingProxyType(
    {
        Sign.CONTACT_THEN_SIGNED: contact_then_signed,
        Sign.QUICK_APPROVAL: quick_approval,
        Sign.QUICK_PAPERS: quick_papers,
        Sign.MANY_READ: many_read,
        Sign.READ_AT_NIGHT: read_at_night,
        Sign.WRONG_CODES: wrong_codes,
        Sign.WRONG_PASSWORDS: wrong_passwords,
        Sign.DENIALS: denials,
        Sign.LIST_REWRITES: list_rewrites,
        Sign.PLACED_LATE: placed_late,
    }
)
KINDS = frozenset(
    {
        "person.read",
        "class.read",
        "evidence.read",
        "import.read",
        "person.changed",
        "consent.given",
        "consent.refused",
        "code.refused",
        "session.denied",
        "access.denied",
        "release.prepared",
        "release.approved",
        "import.committed",
    }
)
"""Kinds of events that the rules read; `PLACED_LATE` is judged by them as well."""


def anomalies(told: Iterable[Told]) -> list[Anomaly]:
    """All that stands out in these events, the newest first."""
    ordered = sorted(told, key=lambda each: (each.at, each.idx))
    found = [anomaly for rule in RULES.values() for anomaly in rule(ordered)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _bursts(
    told: Sequence[Told], key: Callable[[Told], Hashable], window: timedelta, least: int
) -> Iterable[list[Told]]:
    """Runs of at least `least` events of one key within `window`, each event in one run at most."""
    groups: dict[Hashable, list[Told]] = {}
    for each in told:
        groups.setdefault(key(each), []).append(each)
    for group in groups.values():
        begin = 0
        while begin < len(group):
            end = begin
            while end < len(group) and group[end].at - group[begin].at <= window:
                end += 1
            if end - begin >= least:
                yield group[begin:end]
                begin = end
            else:
                begin += 1


def _of(sign: Sign, some: Sequence[Told], count: int, *, with_actor: bool = True) -> Anomaly:
    last = some[-1]
    places = tuple(each.idx for each in some)
    return Anomaly(sign, last.at, places, count, last.school_id, last.actor if with_actor else None)


def _is_night(hour: int | None) -> bool:
    return hour is not None and (hour >= NIGHT[0] or hour < NIGHT[1])
