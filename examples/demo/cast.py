"""Who plays which part: chosen by rule from the list and today's date, never by name.

Pupils grow up: a part that nobody fits on the day (no adult pupil, nobody of fifteen) stays
None, and its scene is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from examples.demo.people import OF_AGE, Guardian, Person, Pupil, children

GIVEN, REFUSED = "given", "refused"
CHILD, GUARDIAN_OWN, PUPIL_OWN = "child", "guardian_own", "pupil_own"
OWN_SIGNATURE, TEEN = 14, 15
REFUSING_FAMILIES = 2

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cast:
    """The parts; None: nobody fits today. `refusing`: families who say no for the child."""

    adult: Pupil | None
    ward: Pupil | None
    teen: Pupil | None
    split: Pupil | None
    refusing: tuple[Pupil, ...]
    keeps_own_data: Pupil | None
    paper: Pupil | None
    silent: Pupil | None
    leaves_early: Pupil | None
    leaves_late: Pupil | None
    mother_of_two_classes: Person | None

    @property
    def refused(self) -> list[Pupil]:
        """Pupils whose diary is on paper because somebody said no."""
        return [p for p in (*self.refusing, self.teen, self.keeps_own_data) if p is not None]

    @property
    def on_paper_diary(self) -> list[Pupil]:
        """Everybody who is not handed over at the approval."""
        return [*self.refused, *(p for p in (self.split, self.silent) if p is not None)]


def choose(pupils: Sequence[Pupil], today: date) -> Cast:
    """Cast the parts, the rare ones first; classes take turns."""
    of = children(pupils)
    large = {p.id for own in of.values() if len(own) > 1 for p in own}
    choosing = _Choosing(pupils, large)

    def minor(pupil: Pupil) -> bool:
        return pupil.person.age(today) < OF_AGE

    def has_one_parent(pupil: Pupil) -> bool:
        return minor(pupil) and len(pupil.guardians) == 1 and representative(pupil).kind == "parent"

    def small(pupil: Pupil) -> bool:
        return has_one_parent(pupil) and pupil.person.age(today) < OWN_SIGNATURE

    def signs_too(pupil: Pupil) -> bool:
        return has_one_parent(pupil) and pupil.person.age(today) >= OWN_SIGNATURE

    def teen(pupil: Pupil) -> bool:
        return signs_too(pupil) and pupil.person.age(today) == TEEN

    def split(pupil: Pupil) -> bool:
        return minor(pupil) and sum(g.kind == "parent" for g in pupil.guardians) > 1

    take = choosing.take
    ward = take(lambda p: minor(p) and any(g.kind != "parent" for g in p.guardians))
    adult = take(lambda p: not minor(p))
    return Cast(
        adult=adult,
        ward=ward,
        teen=take(teen, signs_too),
        split=take(split),
        silent=take(small, has_one_parent),
        paper=take(small, has_one_parent),
        leaves_early=take(small, has_one_parent),
        leaves_late=take(signs_too, has_one_parent),
        refusing=tuple(
            found
            for _ in range(REFUSING_FAMILIES)
            if (found := take(small, has_one_parent)) is not None
        ),
        keeps_own_data=take(small, has_one_parent),
        mother_of_two_classes=next(
            (
                g.person
                for p in pupils
                for g in p.guardians
                if len({child.class_name for child in of[g.person.id]}) > 1
            ),
            None,
        ),
    )


class _Choosing:
    """Gives each pupil one part at most, and spreads the parts over the classes."""

    def __init__(self, pupils: Iterable[Pupil], large: set[str]) -> None:
        self._free = [p for p in pupils if p.id not in large]
        self._parts: Counter[str] = Counter()

    def take(self, *wishes: Callable[[Pupil], bool]) -> Pupil | None:
        """Somebody who fits the first wish, or else the next."""
        for fits in wishes:
            fitting = [p for p in self._free if fits(p)]
            if fitting:
                found = min(fitting, key=lambda p: self._parts[p.class_name])
                self._free.remove(found)
                self._parts[found.class_name] += 1
                return found
        return None


def representative(pupil: Pupil) -> Guardian:
    """Who speaks for the pupil: whoever acts by a document, else the first parent."""
    return min(pupil.guardians, key=lambda g: g.kind == "parent")


def answers_of(cast: Cast, pupils: Sequence[Pupil]) -> dict[Key, tuple[str, ...]]:
    """What each signer says to each ask over the link, one after another; missing: silence.

    Everybody agrees unless a part says else. A second representative is often silent, which
    holds nobody back.
    """
    said: dict[Key, tuple[str, ...]] = {}
    speaks = {g.person.id for p in pupils for g in p.guardians[:1]}
    speaks |= {g.person.id for n, p in enumerate(pupils) for g in p.guardians[1:] if n % 2}
    for pupil in pupils:
        for ask in pupil.asks:
            if ask.signer_id == pupil.id or ask.signer_id in speaks:
                said[ask.key] = (GIVEN,)
    for changed in (cast.paper, cast.silent):
        if changed is not None:
            _silence(said, changed)
    if cast.ward is not None:
        _play_ward(said, cast.ward)
    if cast.teen is not None:
        said[PUPIL_OWN, cast.teen.id, cast.teen.id] = (REFUSED,)
    if cast.split is not None:
        _play_split(said, cast.split)
    for pupil in cast.refusing:
        _silence(said, pupil)
        who = representative(pupil).person.id
        said[CHILD, who, pupil.id] = (REFUSED,)
    if cast.keeps_own_data is not None:
        who = representative(cast.keeps_own_data).person.id
        said[GUARDIAN_OWN, who, who] = (REFUSED,)
    return said


def _silence(said: dict[Key, tuple[str, ...]], pupil: Pupil) -> None:
    for ask in pupil.asks:
        said.pop(ask.key, None)


def _play_ward(said: dict[Key, tuple[str, ...]], pupil: Pupil) -> None:
    """The guardian says no, thinks again and agrees; any other representative is silent."""
    who = representative(pupil).person.id
    for ask in pupil.asks:
        if ask.signer_id not in {who, pupil.id}:
            said.pop(ask.key, None)
    said[GUARDIAN_OWN, who, who] = (GIVEN,)
    said[CHILD, who, pupil.id] = (REFUSED, GIVEN)


def _play_split(said: dict[Key, tuple[str, ...]], pupil: Pupil) -> None:
    """One parent agrees to everything, the other is against."""
    first, second = (g.person.id for g in pupil.guardians[:2])
    said[CHILD, first, pupil.id] = (GIVEN,)
    said[GUARDIAN_OWN, first, first] = (GIVEN,)
    said[CHILD, second, pupil.id] = (REFUSED,)
    said.pop((GUARDIAN_OWN, second, second), None)
