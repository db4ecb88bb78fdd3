"""What an auditor is shown: each rule just below and just at its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from policies import anomalies as rules
from policies.anomalies import RULES, WHY, Sign, Told, anomalies

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
SCHOOL, OTHER, TUTOR, COLLEAGUE = (UUID(int=n) for n in (1, 2, 3, 4))


def event(number: int, kind: str, seconds: float = 0, **more) -> Told:
    """An event of a tutor at noon by the school's clock; `more` are facts or fields."""
    facts = {"actor_kind": "staff", "actor": TUTOR, "school_id": SCHOOL, "hour": 12}
    facts |= {name: more.pop(name) for name in list(more) if name in facts}
    at = NOON + timedelta(seconds=seconds)
    placed = more.pop("placed_at", at)
    return Told(number, kind, at, placed, data=more, **facts)


def reads(count: int, apart: float = 10, people: int | None = None, **more) -> list[Told]:
    return [
        event(n, "person.read", n * apart, person_id=str(n % (people or count)), **more)
        for n in range(count)
    ]


def signed(number: int, hours: float, **more) -> Told:
    told = {"signer_id": "mother", "evidence": "LOCAL_PEP", "actor_kind": "family", **more}
    return event(number, "consent.given", hours * 3600, **told)


def changed(number: int = 0, hours: float = 0, **more) -> Told:
    told = {"person_id": "mother", "fields": ["email"], **more}
    return event(number, "person.changed", hours * 3600, **told)


def several(kind: str, count: int, apart: float, **more) -> list[Told]:
    return [event(n, kind, n * apart, **more) for n in range(count)]


def papers(count: int, apart: float, **more) -> list[Told]:
    return several("consent.given", count, apart, **{"evidence": "PAPER_ORIGINAL", **more})


def released(seconds: float, approved: str = "r") -> list[Told]:
    return [
        event(0, "release.prepared", release_id="r"),
        event(1, "release.approved", seconds, release_id=approved),
    ]


def listed(changed: object, unchanged: object) -> list[Told]:
    return [event(0, "import.committed", changed=changed, unchanged=unchanged)]


LATE = NOON + timedelta(minutes=10)
CASES = [
    # many people read
    pytest.param(reads(41), Sign.MANY_READ, 41, id="41 people in an hour"),
    pytest.param(reads(40), Sign.MANY_READ, None, id="40 people in an hour"),
    pytest.param(reads(41, apart=91), Sign.MANY_READ, None, id="41 people in more than an hour"),
    pytest.param(reads(80, people=2), Sign.MANY_READ, None, id="two people many times"),
    pytest.param(reads(60, actor_kind="family"), Sign.MANY_READ, None, id="not by staff"),
    pytest.param(
        [*reads(21), *reads(21, actor=COLLEAGUE)], Sign.MANY_READ, None, id="by two workers"
    ),
    # at night
    pytest.param(reads(3, hour=23), Sign.READ_AT_NIGHT, 3, id="at 23"),
    pytest.param(reads(1, hour=5), Sign.READ_AT_NIGHT, 1, id="at 5"),
    pytest.param(reads(1, hour=6), Sign.READ_AT_NIGHT, None, id="at 6"),
    pytest.param(reads(1, hour=22), Sign.READ_AT_NIGHT, None, id="at 22"),
    pytest.param(reads(1, hour=None), Sign.READ_AT_NIGHT, None, id="of no school"),
    pytest.param(reads(1, hour=2, actor_kind="family"), Sign.READ_AT_NIGHT, None, id="a family"),
    # contact and signature
    pytest.param([changed(), signed(1, 72)], Sign.CONTACT_THEN_SIGNED, 2, id="signed in 3 days"),
    pytest.param([changed(), signed(1, 73)], Sign.CONTACT_THEN_SIGNED, None, id="signed later"),
    pytest.param([signed(0, 0), changed(1, 1)], Sign.CONTACT_THEN_SIGNED, None, id="signed before"),
    pytest.param(
        [changed(fields=["given_name"]), signed(1, 1)],
        Sign.CONTACT_THEN_SIGNED, None, id="no contact changed",
    ),
    pytest.param(
        [changed(actor_kind="family"), signed(1, 1)],
        Sign.CONTACT_THEN_SIGNED, None, id="the family changed it",
    ),
    pytest.param(
        [changed(), signed(1, 1, evidence="PAPER_ORIGINAL")],
        Sign.CONTACT_THEN_SIGNED, None, id="signed on paper",
    ),
    pytest.param(
        [changed(person_id="father"), signed(1, 1)],
        Sign.CONTACT_THEN_SIGNED, None, id="another person",
    ),
    pytest.param(
        [changed(fields="email"), signed(1, 1)],
        Sign.CONTACT_THEN_SIGNED, None, id="a field that is no list",
    ),
    # codes, passwords, denials
    pytest.param(several("code.refused", 10, 60), Sign.WRONG_CODES, 10, id="10 wrong codes"),
    pytest.param(several("code.refused", 9, 60), Sign.WRONG_CODES, None, id="9 wrong codes"),
    pytest.param(
        [*several("code.refused", 5, 60), *several("code.refused", 5, 60, school_id=OTHER)],
        Sign.WRONG_CODES, None, id="in two schools",
    ),
    pytest.param(several("session.denied", 10, 60), Sign.WRONG_PASSWORDS, 10, id="10 passwords"),
    pytest.param(several("session.denied", 9, 60), Sign.WRONG_PASSWORDS, None, id="9 passwords"),
    pytest.param(several("access.denied", 5, 60), Sign.DENIALS, 5, id="5 denials"),
    pytest.param(several("access.denied", 4, 60), Sign.DENIALS, None, id="4 denials"),
    pytest.param(several("access.denied", 9, 60, actor=None), Sign.DENIALS, None, id="of nobody"),
    # release
    pytest.param(released(59), Sign.QUICK_APPROVAL, 59, id="approved in 59 seconds"),
    pytest.param(released(60), Sign.QUICK_APPROVAL, None, id="approved in a minute"),
    pytest.param(released(5, "other"), Sign.QUICK_APPROVAL, None, id="another release"),
    # papers
    pytest.param(papers(5, 15), Sign.QUICK_PAPERS, 5, id="5 papers in a minute"),
    pytest.param(papers(5, 16), Sign.QUICK_PAPERS, None, id="5 papers in 64 seconds"),
    pytest.param(papers(4, 1), Sign.QUICK_PAPERS, None, id="4 papers"),
    pytest.param(papers(9, 1, evidence="LOCAL_PEP"), Sign.QUICK_PAPERS, None, id="by code"),
    pytest.param(papers(9, 1, actor_kind="family"), Sign.QUICK_PAPERS, None, id="by families"),
    # lists
    pytest.param(listed(5, 44), Sign.LIST_REWRITES, 5, id="more than a tenth changed"),
    pytest.param(listed(5, 45), Sign.LIST_REWRITES, None, id="a tenth changed"),
    pytest.param(listed(4, 0), Sign.LIST_REWRITES, None, id="four changed"),
    pytest.param(listed("5", 0), Sign.LIST_REWRITES, None, id="a number that is none"),
    pytest.param(listed(5, None), Sign.LIST_REWRITES, None, id="the other number that is none"),
    # the journal itself
    pytest.param(
        several("class.read", 2, 1, placed_at=LATE + timedelta(seconds=2)),
        Sign.PLACED_LATE, 2, id="waited for 10 minutes",
    ),
    pytest.param([event(0, "class.read", placed_at=LATE)], Sign.PLACED_LATE, None, id="10 minutes"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "sign", "count"), CASES)
def test_a_rule_shows_what_crosses_its_line(told, sign, count):
    found = [each.count for each in RULES[sign](told)]
    assert found == ([] if count is None else [count])


def test_every_rule_says_why():
    assert RULES.keys() == WHY.keys() == set(Sign)
    assert all(words.endswith(".") for words in WHY.values())


def test_runs_do_not_overlap_and_a_lonely_start_is_passed_over():
    early = event(0, "access.denied", 0)
    run = [event(n, "access.denied", 3600 + n) for n in range(1, 8)]
    found = list(rules.denials([early, *run]))
    assert [each.events for each in found] == [(1, 2, 3, 4, 5, 6, 7)]


def test_all_rules_are_asked_and_the_newest_comes_first():
    told = [*released(5), *several("access.denied", 5, 60)]
    found = anomalies(reversed(told))
    assert [each.sign for each in found] == [Sign.DENIALS, Sign.QUICK_APPROVAL]
    assert found[0].actor == TUTOR
    assert {each.kind for each in told} <= rules.KINDS


def test_wrong_codes_accuse_no_worker():
    [found] = rules.wrong_codes(several("code.refused", 10, 1))
    assert (found.actor, found.school_id) == (None, SCHOOL)
