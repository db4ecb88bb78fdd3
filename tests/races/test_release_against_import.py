"""A class list is committed in the moment of the approval: only what was approved leaves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from uuid import UUID

from gateway.actions.commit_import import Committed, commit_import
from gateway.actions.import_roster import import_roster
from gateway.actions.open_collection import state_enrolment
from gateway.actions.readiness import see_readiness
from gateway.actions.review_import import make_review
from gateway.errors import RulesBroken, SetGrown
from gateway.store.bundles import Bundle
from policies.findings import Code
from policies.permissions import Role
from tests.races.racing import together
from tests.races.released_school import CHILDREN, ReleasedSchool, Values
from tests.races.rewind import REGISTER, RELEASE, Rewind
from tests.town import Child, class_list

JOINING = (*CHILDREN, Child(4, guardians=(105,)))
RENAMED = (Child(1, name="Анна", guardians=(101,)), *CHILDREN[1:])


@dataclass(frozen=True, slots=True)
class Case:
    """A list to commit. `told`: its headcount was stated before; `telling`: a third racer does."""

    children: tuple[Child, ...]
    told: bool = False
    telling: bool = False


CASES = (
    Case(JOINING),
    Case(RENAMED),
    Case(JOINING, telling=True),
    Case(RENAMED),
    Case(JOINING, told=True),
)


class Registrar:
    """The other racer: lists that are uploaded and reviewed, so that a commit is one step."""

    def __init__(self, school: ReleasedSchool) -> None:
        self._town = school.town
        self._reviewed = {children: self._upload(children) for children in (JOINING, RENAMED)}

    def _upload(self, children: tuple[Child, ...]) -> tuple[UUID, str]:
        town = self._town
        with town.by(Role.REGISTRAR) as unit:
            draft = import_roster(unit, town.collection_id, class_list(children), "7a.csv")
        with town.by(Role.REGISTRAR) as unit:
            return draft, make_review(unit, draft).digest

    def commit(self, children: tuple[Child, ...]) -> Committed:
        with self._town.by(Role.REGISTRAR) as unit:
            return commit_import(unit, *self._reviewed[children], shrinking_confirmed=True)

    def tell(self) -> UUID:
        """Four pupils by order."""
        town = self._town
        with town.by(Role.REGISTRAR) as unit:
            return state_enrolment(unit, town.collection_id, "7А", 4, "6-у", town.today())

    def approved(self, school: ReleasedSchool) -> dict[int, Values]:
        """Items of everybody as they stand now, by number."""
        with self._town.by(Role.REGISTRAR) as unit:
            found = unit.people.items(self._town.school_id)
        return {
            school.numbers[person]: {f.value: v for f, v in items.values.items()}
            for person, items in found.items()
        }

    def waits(self) -> bool:
        """Somebody has not answered, and the release knows it."""
        with self._town.by(Role.REGISTRAR) as unit:
            state = see_readiness(unit, self._town.collection_id)
        return Code.NO_ANSWER in {finding.code for finding in state.readiness.findings}


def race(
    school: ReleasedSchool,
    registrar: Registrar,
    case: Case,
    agreed: dict[int, Values],
    dice: Random,
) -> str:
    """One round: who was first, or `leak` when something leaves that nobody approved."""
    if case.told:
        registrar.tell()
    acts = [school.approve, lambda: registrar.commit(case.children)]
    sealed, done, *_ = together([*acts, registrar.tell] if case.telling else acts, dice)
    assert isinstance(done, Committed), done
    if not isinstance(sealed, Bundle):
        assert isinstance(sealed, RulesBroken | SetGrown), sealed
        return "import"
    school.sign_journal()
    found = school.opened(school.pull(sealed.id))
    if case.told or found.people != agreed or found.counts != [(3, 3)]:
        return "leak"
    assert case.children is RENAMED or registrar.waits()
    return "approval"


def test_only_what_was_approved_leaves(school: ReleasedSchool, rounds: int, dice: Random) -> None:
    registrar = Registrar(school)
    agreed = registrar.approved(school)
    rewind = Rewind(school.wiring, RELEASE + REGISTER)
    first: Counter[str] = Counter()
    for number in range(rounds):
        first[race(school, registrar, CASES[number % len(CASES)], agreed, dice)] += 1
        rewind()
    assert first["leak"] == 0
    assert rounds < 100 or min(first["approval"], first["import"]) > rounds // 50, first
