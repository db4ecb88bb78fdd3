"""What families have said, and whom a bundle may therefore hold: told again, without our rules.

Everybody is an invented number. Nothing here reads the policies: two tellings of one law, and
the machine compares them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from policies.facts import Decision, FormKind

PUPIL_SIGNS_FROM = 14
ADULT_FROM = 18
Said = tuple[int, FormKind, int]
"""(signer, form, subject)"""


def years(born: date, on: date) -> int:
    """Whole years; a birthday counts from its first moment."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Kid:
    """A pupil and whoever may speak for them."""

    number: int
    class_name: str
    born: date
    guardians: tuple[int, ...]


@dataclass
class Families:
    """`last`: what was said last and when (a count of steps). `renamed`: when a name changed."""

    last: dict[Said, tuple[Decision, int]] = field(default_factory=dict)
    renamed: dict[int, int] = field(default_factory=dict)
    step: int = 0

    def say(self, signer: int, form: FormKind, subject: int, decision: Decision) -> None:
        self.step += 1
        self.last[signer, form, subject] = decision, self.step

    def rename(self, subject: int) -> None:
        self.step += 1
        self.renamed[subject] = self.step

    def _yes(self, signer: int, form: FormKind, subject: int, *, same_name: bool) -> bool:
        decision, step = self.last.get((signer, form, subject), (None, 0))
        fresh = not same_name or step > self.renamed.get(subject, 0)
        return decision is Decision.GIVEN and fresh

    def _no(self, signer: int, form: FormKind, subject: int) -> bool:
        decision, _ = self.last.get((signer, form, subject), (None, 0))
        return decision in {Decision.REFUSED, Decision.WITHDRAWN}

    def sent(self, kid: Kid, on: date, *, same_name: bool) -> frozenset[int]:
        """The pupil and the guardians who may leave the school together; empty: nobody.

        `same_name`: a consent given before the name changed does not count.
        """
        age = years(kid.born, on)
        who = kid.number
        if age >= PUPIL_SIGNS_FROM and not self._yes(
            who, FormKind.PUPIL_OWN, who, same_name=same_name
        ):
            return frozenset()
        if age >= ADULT_FROM:
            return frozenset({who})
        if any(self._no(each, FormKind.CHILD, who) for each in kid.guardians):
            return frozenset()
        own = {
            each
            for each in kid.guardians
            if self._yes(each, FormKind.GUARDIAN_OWN, each, same_name=same_name)
        }
        signed = {each for each in own if self._yes(each, FormKind.CHILD, who, same_name=same_name)}
        return frozenset({who, *own}) if signed else frozenset()

    def has_refused(self, kid: Kid, on: date) -> bool:
        """Somebody who must agree has said no, and nobody has said yes beside them."""
        age = years(kid.born, on)
        if age >= PUPIL_SIGNS_FROM and self._no(kid.number, FormKind.PUPIL_OWN, kid.number):
            return True
        said_no = [each for each in kid.guardians if self._no(each, FormKind.CHILD, kid.number)]
        return age < ADULT_FROM and bool(said_no)
