"""From a letter to a session: looking changes nothing, a code is counted before it is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from audit.store import audit_event
from crypto.secrets_text import hash_secret
from gateway.actions.answer import answer, show_document
from gateway.actions.invite import Invited, invite
from gateway.actions.open_link import (
    confirm_code,
    disown_link,
    renew_link,
    send_code,
    show_link,
)
from gateway.actions.record_agreement import Authority, record_authority
from gateway.errors import (
    CodeExpired,
    CodeNotSent,
    CodeSpent,
    CodeWrong,
    GatewayError,
    LinkExpired,
    LinkReplaced,
    LinkSpent,
    NotFound,
    TooLate,
    TooManyAttempts,
)
from gateway.store.schema import metadata
from gateway.unit import Actor, Unit
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.listing import Person, line, take_in
from tests.gateway.actions.post import address, phone, waiting
from tests.town import FULL, Child, Town

URL = "https://soglasie.example.org"
LINK = re.compile(re.escape(URL) + r"/p/(\S+)")


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,))])
    town.agree_on_signature()
    town.work()
    return town


def send_out(town: Town) -> Invited:
    with town.by(Role.REGISTRAR) as unit:
        return invite(unit, town.collection_id, URL)


def token_for(town: Town, number: int) -> str:
    """Secret of the last letter to that person."""
    letters = [m for m in waiting(town) if m.channel == "mail" and m.to == address(number)]
    found = LINK.search(letters[-1].text)
    assert found is not None
    return found[1]


def code_for(town: Town, number: int) -> str:
    sent = [m for m in waiting(town) if m.channel == "sms" and m.to == phone(number)]
    return sent[-1].text[:6]


@dataclass
class Holder:
    """Whoever holds a link."""

    town: Town
    token: str

    def open(self, act: Callable[[Unit], object]) -> object:
        with self.town.wiring.units.open(Actor(Role.FAMILY)) as unit:
            return act(unit)

    def look(self) -> object:
        return self.open(lambda unit: show_link(unit, self.token))

    def ask_code(self) -> None:
        self.open(lambda unit: send_code(unit, self.token, self.town.wiring.code_key))

    def confirm(self, code: str) -> object:
        return self.open(
            lambda unit: confirm_code(unit, self.token, code, self.town.wiring.code_key)
        )

    def disown(self) -> None:
        self.open(lambda unit: disown_link(unit, self.token))

    def renew(self) -> None:
        self.open(lambda unit: renew_link(unit, self.token, URL))


@pytest.fixture
def holder(town: Town) -> Holder:
    send_out(town)
    return Holder(town, token_for(town, 101))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def rows(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the journal."""
    with town.wiring.looking() as look:
        return {
            table.name: sorted(map(tuple, look.connection.execute(sa.select(table))), key=str)
            for table in metadata.sorted_tables
            if not table.name.startswith("audit_")
        }


def events(town: Town) -> list[str]:
    with town.wiring.looking() as look:
        return list(look.connection.scalars(sa.select(audit_event.c.kind)))


# invitations


def test_everybody_who_is_asked_gets_one_letter(town: Town):
    done = send_out(town)
    assert set(done.sent) == {town.person(101), town.person(102)}
    assert sorted(m.to for m in waiting(town)) == [address(101), address(102)]


def test_a_letter_names_first_names_only(town: Town):
    send_out(town)
    for letter in waiting(town):
        assert "Ева" in letter.text
        assert "Ёлкин" not in letter.text


def test_one_letter_a_day(town: Town, clock: Clock):
    send_out(town)
    clock.forward(hours=23)
    done = send_out(town)
    assert (done.sent, len(done.recent)) == ((), 2)
    clock.forward(hours=1)
    assert len(send_out(town).sent) == 2


def test_whoever_has_answered_is_not_asked_again(town: Town):
    for ask in town.asks():
        if ask.signer_id == town.person(101):
            town.answer(ask, Decision.REFUSED)
    done = send_out(town)
    assert done.answered == (town.person(101),)
    assert done.sent == (town.person(102),)


def test_whoever_has_no_phone_is_left_to_paper(town: Town):
    take_in(town, line(Person.child(3, "А Б В"), Person.adult(103, "Г Д Е").but(phone="")))
    assert send_out(town).unreachable == (town.person(103),)


def test_one_class_alone_can_be_invited(town: Town):
    take_in(town, line(Person.child(3, "А Б В"), Person.adult(103, "Г Д Е"), place="7Б"))
    with town.by(Role.REGISTRAR) as unit:
        names = {name: c for c, name in unit.schools.class_names(town.school_id).items()}
        done = invite(unit, town.collection_id, URL, names["7Б"])
    assert done.sent == (town.person(103),)


def test_nobody_is_invited_after_the_deadline(town: Town, clock: Clock):
    clock.forward(days=15)
    with pytest.raises(TooLate):
        send_out(town)


def test_an_adult_is_invited_and_the_parents_are_not(town: Town):
    take_in(town, line(Person.child(3, "А Б В", born="01.09.2008"), Person.adult(103, "Г Д Е")))
    done = send_out(town)
    assert town.person(3) in done.sent
    assert town.person(103) not in done.sent


def test_whose_answer_is_wanted_no_more_is_not_written_to(wiring: Wiring, clock: Clock):
    """The pupil comes of age, the guardianship ends: both were asked while they could sign."""
    town = Town(wiring)
    take_in(
        town,
        line(Person.child(1, born="05.09.2008"), Person.adult(101)),
        line(
            Person.child(2, "Сосновый Пётр Ильич"),
            Person.adult(102, "А Б В"),
            relation="опекун",
        ),
    )
    with town.by(Role.REGISTRAR) as unit:
        link = next(
            g for g in unit.pupils.list_guardianships(town.school_id) if g.relation != "мать"
        )
        act = Authority("акт", "17-О", date(2025, 3, 1), "Отдел опеки")
        record_authority(unit, link.id, act, date(2026, 9, 5))
    asked = {ask.signer_id for ask in town.asks()}
    assert asked == {town.person(1), town.person(101), town.person(102)}
    clock.forward(days=5)
    assert send_out(town).sent == (town.person(1),)


# looking


def test_looking_at_a_link_changes_nothing_but_the_journal(holder: Holder):
    before = rows(holder.town)
    seen = events(holder.town)
    for _ in range(2):
        holder.look()
    assert rows(holder.town) == before
    assert sorted(events(holder.town)) == sorted([*seen, "person.read", "person.read"])


def test_a_link_shows_first_names_and_a_masked_phone(holder: Holder):
    shown = holder.look()
    assert shown.given_names == ("Ева",)  # type: ignore[attr-defined]
    assert shown.phone == "+7 ••• •••-01-01"  # type: ignore[attr-defined]
    assert "Ева" not in repr(shown)


def test_the_secret_of_a_link_is_nowhere_in_the_database(holder: Holder):
    kept = str(rows(holder.town))
    assert holder.token not in kept
    assert str(hash_secret(holder.token)) in kept


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Holder.look, id="look"),
        pytest.param(Holder.ask_code, id="code"),
        pytest.param(lambda holder: holder.confirm("000000"), id="confirm"),
    ],
)
class TestALinkThatDoesNotOpen:
    """Whatever is tried with it, the answer is the same."""

    def test_a_foreign_secret_is_not_found(self, holder: Holder, step: Callable[[Holder], object]):
        with pytest.raises(NotFound):
            step(Holder(holder.town, "x" * 43))

    def test_an_old_link_has_expired(
        self, holder: Holder, step: Callable[[Holder], object], clock: Clock
    ):
        clock.forward(days=13, hours=23)
        holder.look()
        clock.forward(hours=1)
        with pytest.raises(LinkExpired):
            step(holder)

    def test_a_link_gives_way_to_a_newer_one(
        self, holder: Holder, step: Callable[[Holder], object], clock: Clock
    ):
        clock.forward(days=1)
        send_out(holder.town)
        with pytest.raises(LinkReplaced):
            step(holder)

    def test_a_link_opens_once(self, holder: Holder, step: Callable[[Holder], object]):
        holder.ask_code()
        assert isinstance(holder.confirm(code_for(holder.town, 101)), str)
        with pytest.raises(LinkSpent):
            step(holder)

    def test_a_disowned_link_is_dead(self, holder: Holder, step: Callable[[Holder], object]):
        holder.disown()
        with pytest.raises(LinkReplaced):
            step(holder)


# codes


def test_a_code_opens_a_session_of_half_an_hour(holder: Holder, clock: Clock):
    holder.ask_code()
    session = holder.confirm(code_for(holder.town, 101))
    assert isinstance(session, str)
    for minutes, is_open in ((29, True), (1, False)):
        clock.forward(minutes=minutes)
        with holder.town.by(Role.REGISTRAR) as unit:
            found = unit.links.find_session(hash_secret(session), unit.now)
        assert (found is not None) is is_open


def test_the_opened_session_signs(holder: Holder):
    town = holder.town
    holder.ask_code()
    opened = holder.confirm(code_for(town, 101))
    assert isinstance(opened, str)
    ask = town.ask_of(town.person(101), FormKind.GUARDIAN_OWN)
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.family(ask.signer_id) as unit:
        session = unit.links.find_session(hash_secret(opened), unit.now)
        assert session is not None
        digest = show_document(unit, session, ask.id, Decision.GIVEN, FULL, host).digest
        answer(unit, session, ask.id, Decision.GIVEN, digest, FULL, host, keys)
    town.work()
    with town.by(Role.REGISTRAR) as unit:
        requests = unit.claims.of_person(town.school_id, ask.signer_id)
    assert {request.strength.value for request in requests} == {"proved"}


def test_a_code_is_sent_once_a_minute(holder: Holder, clock: Clock):
    holder.ask_code()
    clock.forward(seconds=59)
    with pytest.raises(TooManyAttempts) as refused:
        holder.ask_code()
    assert refused.value.seconds == 1
    clock.forward(seconds=1)
    holder.ask_code()


def test_a_link_sends_five_codes_and_no_more(holder: Holder, clock: Clock):
    for _ in range(5):
        holder.ask_code()
        clock.forward(minutes=1)
    with pytest.raises(LinkSpent):
        holder.ask_code()


def test_a_new_code_ends_the_old_one(holder: Holder, clock: Clock):
    holder.ask_code()
    old = code_for(holder.town, 101)
    clock.forward(minutes=1)
    holder.ask_code()
    new = code_for(holder.town, 101)
    assert old == new or isinstance(holder.confirm(old), CodeWrong)
    assert isinstance(holder.confirm(new), str)


def test_a_code_lives_ten_minutes(holder: Holder, clock: Clock):
    holder.ask_code()
    code = code_for(holder.town, 101)
    clock.forward(minutes=10, seconds=1)
    assert isinstance(holder.confirm(code), CodeExpired)


def test_nothing_opens_before_a_code_was_sent(holder: Holder):
    assert isinstance(holder.confirm("000000"), CodeNotSent)


def test_the_sixth_guess_is_refused_even_if_it_is_right(holder: Holder):
    holder.ask_code()
    code = code_for(holder.town, 101)
    for _ in range(5):
        assert isinstance(holder.confirm(wrong(code)), CodeWrong)
    assert isinstance(holder.confirm(code), CodeSpent)
    assert events(holder.town).count("code.refused") == 5


def test_the_fifth_guess_may_be_the_right_one(holder: Holder):
    holder.ask_code()
    code = code_for(holder.town, 101)
    for _ in range(4):
        holder.confirm(wrong(code))
    assert isinstance(holder.confirm(code), str)


def test_a_refused_guess_is_counted_for_good(holder: Holder):
    """A wrong code is an outcome that commits, not an error that rolls the count back."""
    holder.ask_code()
    refused = holder.confirm(wrong(code_for(holder.town, 101)))
    assert isinstance(refused, GatewayError)
    with holder.town.by(Role.REGISTRAR) as unit:
        link = unit.links.find(hash_secret(holder.token))
    assert link is not None
    assert link.code_guesses == 1


def test_a_code_of_another_link_opens_nothing(holder: Holder):
    town = holder.town
    other = Holder(town, token_for(town, 102))
    holder.ask_code()
    other.ask_code()
    mine, theirs = code_for(town, 101), code_for(town, 102)
    assert mine == theirs or isinstance(holder.confirm(theirs), CodeWrong)


def test_the_code_goes_to_the_phone_on_file(holder: Holder):
    holder.ask_code()
    assert [m.to for m in waiting(holder.town) if m.channel == "sms"] == [phone(101)]


# coming back


def test_a_used_link_brings_a_fresh_one_to_the_known_address(holder: Holder, clock: Clock):
    holder.ask_code()
    holder.confirm(code_for(holder.town, 101))
    clock.forward(minutes=1)
    holder.renew()
    fresh = token_for(holder.town, 101)
    assert fresh != holder.token
    Holder(holder.town, fresh).look()


def test_an_expired_link_is_renewed_after_the_deadline_too(holder: Holder, clock: Clock):
    clock.set(datetime(2026, 12, 1, tzinfo=UTC))
    holder.renew()
    Holder(holder.town, token_for(holder.town, 101)).look()


def test_a_renewal_replaces_what_was_open(holder: Holder, clock: Clock):
    clock.forward(minutes=1)
    holder.renew()
    with pytest.raises(LinkReplaced):
        holder.look()
    with pytest.raises(LinkReplaced):
        holder.renew()


def test_links_are_renewed_once_a_minute(holder: Holder, clock: Clock):
    clock.forward(seconds=59)
    with pytest.raises(TooManyAttempts):
        holder.renew()


def test_a_disowned_link_is_not_renewed(holder: Holder, clock: Clock):
    clock.forward(minutes=1)
    holder.disown()
    with pytest.raises(LinkReplaced):
        holder.renew()


def test_disowning_again_is_no_error_and_one_event(holder: Holder):
    holder.disown()
    holder.disown()
    assert events(holder.town).count("link.disowned") == 1


def test_nobody_renews_or_disowns_by_a_foreign_secret(town: Town):
    stranger = Holder(town, "x" * 43)
    with pytest.raises(NotFound):
        stranger.renew()
    with pytest.raises(NotFound):
        stranger.disown()


def test_a_code_asked_for_by_a_holder_ends_with_the_phone(holder: Holder):
    """Staff changed the phone in between: the code went to the old one and proves nothing."""
    town = holder.town
    holder.ask_code()
    code = code_for(town, 101)
    take_in(town, line(Person.child(1), Person.adult(101).but(phone=phone(999))))
    opened = holder.confirm(code)
    assert isinstance(opened, str)
    with town.by(Role.REGISTRAR) as unit:
        session = unit.links.find_session(hash_secret(opened), unit.now)
        assert session is not None
        items = unit.people.items(town.school_id, [session.signer_id])[session.signer_id]
        now = unit.vault.tokens_of(town.school_id, items)
    assert session.phone_token not in now.values()
