"""One family clicks sixteen times at one moment: one answer, one receipt, one session."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from crypto.secrets_text import code_tag
from gateway.actions.answer import answer, show_document
from gateway.actions.open_link import confirm_code
from gateway.actions.send_message import read_message
from gateway.errors import CodeSpent, CodeWrong, LinkSpent
from gateway.store.consents import Answer, answers, evidence
from gateway.store.links import family_sessions, links
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from tests.races.racing import together
from tests.races.released_school import CHILDREN, WITHDRAWALS, ReleasedSchool
from tests.races.rewind import ANSWERS, RELEASE, Rewind
from tests.town import FULL, Town

SIXTEEN = 16
GUESSES = 5
RIGHT, WRONG = "270015", "270016"


def count(wiring: Wiring, table: sa.Table) -> int:
    with wiring.writing.connect() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_yes_sent_sixteen_times_has_one_receipt(
    school: ReleasedSchool, crowds: int, dice: Random
) -> None:
    town, host, keys = school.town, school.wiring.host, school.wiring.signing_keys
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    session = town.session(ask.signer_id)
    school.withdraw(WITHDRAWALS[0])
    with town.family(ask.signer_id) as unit:
        digest = show_document(unit, session, ask.id, Decision.GIVEN, FULL, host).digest

    def say_yes() -> Answer:
        with town.family(ask.signer_id) as unit:
            return answer(unit, session, ask.id, Decision.GIVEN, digest, FULL, host, keys)

    rewind = Rewind(school.wiring, ANSWERS)
    before = count(school.wiring, answers)
    for _ in range(crowds):
        first, *others = together([say_yes] * SIXTEEN, dice)
        assert isinstance(first, Answer), first
        assert others == [first] * (SIXTEEN - 1)
        assert count(school.wiring, answers) == count(school.wiring, evidence) == before + 1
        rewind()


def test_a_withdrawal_sent_sixteen_times_has_one_receipt(
    school: ReleasedSchool, crowds: int, dice: Random
) -> None:
    rewind = Rewind(school.wiring, RELEASE + ANSWERS)
    before = count(school.wiring, answers)
    for number in range(crowds):
        which = WITHDRAWALS[number % len(WITHDRAWALS)]
        first, *others = together([lambda which=which: school.withdraw(which)] * SIXTEEN, dice)
        assert isinstance(first, Answer), first
        assert others == [first] * (SIXTEEN - 1)
        assert count(school.wiring, answers) == before + 1
        rewind()


class Doorstep:
    """A link as a mother finds it in her letter, and a code that this test knows."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        town = Town(wiring)
        town.import_children(CHILDREN[:1])
        town.agree_on_signature()
        town.invite()
        with wiring.units.open(SYSTEM) as unit:
            letters = [read_message(unit, each) for each in unit.outbox.take_due(unit.now, 10)]
        found = (re.search(r"/p/(\S+)", letter["text"]) for letter in letters)
        (self._token,) = (link[1] for link in found if link)
        with wiring.writing.connect() as db:
            self._link: UUID = db.scalars(sa.select(links.c.id)).one()

    def send_code(self) -> None:
        with self.wiring.units.open(SYSTEM) as unit:
            tag = code_tag(self.wiring.code_key, self._link, RIGHT)
            unit.links.keep_code(self._link, tag, bytes(16), unit.now)

    def enter(self, code: str) -> object:
        with self.wiring.units.open(SYSTEM) as unit:
            return confirm_code(unit, self._token, code, self.wiring.code_key)

    def guesses(self) -> int:
        with self.wiring.units.open(SYSTEM) as unit:
            link = unit.links.find(link_id=self._link)
        assert link is not None
        return link.code_guesses


@pytest.fixture
def doorstep(wiring: Wiring) -> Doorstep:
    return Doorstep(wiring)


def test_a_right_code_sent_sixteen_times_opens_one_session(
    doorstep: Doorstep, crowds: int, dice: Random
) -> None:
    rewind = Rewind(doorstep.wiring, (links,))
    for number in range(crowds):
        doorstep.send_code()
        outcomes = together([lambda: doorstep.enter(RIGHT)] * SIXTEEN, dice)
        assert Counter(map(type, outcomes)) == {str: 1, LinkSpent: SIXTEEN - 1}
        assert count(doorstep.wiring, family_sessions) == number + 1
        rewind()


def test_of_sixteen_wrong_codes_five_are_looked_at(
    doorstep: Doorstep, crowds: int, dice: Random
) -> None:
    for _ in range(crowds):
        doorstep.send_code()
        outcomes = together([lambda: doorstep.enter(WRONG)] * SIXTEEN, dice)
        assert Counter(map(type, outcomes)) == {CodeWrong: GUESSES, CodeSpent: SIXTEEN - GUESSES}
        assert doorstep.guesses() == GUESSES
        assert isinstance(doorstep.enter(RIGHT), CodeSpent)


def test_the_right_code_among_wrong_ones_is_one_guess_of_five(
    doorstep: Doorstep, crowds: int, dice: Random
) -> None:
    codes = [RIGHT] + [WRONG] * (SIXTEEN - 1)
    rewind = Rewind(doorstep.wiring, (links,))
    for _ in range(crowds):
        doorstep.send_code()
        found = Counter(map(type, together([lambda c=c: doorstep.enter(c) for c in codes], dice)))
        assert found[str] + found[CodeWrong] <= GUESSES
        assert found[str] == (found[LinkSpent] > 0) == (found[CodeSpent] == 0)
        rewind()
