"""Every change has its event in the same transaction, every look its own; neither goes alone."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from audit.search import Wanted
from audit.store import audit_event
from gateway.actions.add_staff import add_staff
from gateway.actions.answer import list_own_asks, own_answer, show_document
from gateway.actions.correct_items import correct_items, read_items
from gateway.actions.destroy_person import destroy_due
from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.import_roster import cancel_import
from gateway.actions.inspect_journal import (
    export_journal,
    list_events,
    prove_event,
    see_checkpoint,
)
from gateway.actions.invite import invite
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.actions.leave_school import leave_school
from gateway.actions.open_collection import move_deadline, state_enrolment
from gateway.actions.open_link import confirm_code, disown_link, send_code, show_link
from gateway.actions.read_class import read_class
from gateway.actions.record_paper import record_paper
from gateway.actions.review_import import review_import
from gateway.errors import JournalBehind, NotFound
from gateway.store.schema import metadata
from gateway.unit import SYSTEM, Actor, Unit
from gateway.wiring import Wiring
from policies.facts import Decision, Field, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.listing import Person, line, upload
from tests.gateway.actions.test_links import Holder, code_for, send_out, token_for
from tests.gateway.actions.test_release import approve, pull
from tests.town import FULL, Child, Town

URL = "https://soglasie.example.org"
# Counts of guesses and codes are limits, and those have no events (design 2).
LIMITS = {"links": {"code_tag", "code_sent_at", "code_guesses", "codes_sent", "phone_token"}}
EVENTS = {
    table.name: [c.name for c in table.c if c.name.endswith("event_id")]
    for table in metadata.sorted_tables
    if not table.name.startswith("audit_") and any(c.name.endswith("event_id") for c in table.c)
}
AUDITOR = Actor(Role.AUDITOR)

Rows = dict[tuple[str, object], dict[str, object]]


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


@pytest.fixture
def family(town: Town) -> Town:
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия")])
    town.agree_on_signature()
    town.work()
    return town


def register(town: Town) -> Rows:
    """Every row that has to carry its event, by table and key, without what counts guesses."""
    with town.wiring.looking() as look:
        return {
            (name, tuple(row._mapping[key.name] for key in table.primary_key)): {
                column: value
                for column, value in row._mapping.items()
                if column not in LIMITS.get(name, ())
            }
            for name in EVENTS
            for table in [metadata.tables[name]]
            for row in look.connection.execute(sa.select(table))
        }


def happened(town: Town) -> dict[object, str]:
    """Kind of every event by id."""
    with town.wiring.looking() as look:
        return {
            row.id: row.kind
            for row in look.connection.execute(sa.select(audit_event.c.id, audit_event.c.kind))
        }


@contextmanager
def watched(town: Town) -> Iterator[Counter[str]]:
    """Whatever a block changes carries an event that the block wrote; counts them by kind."""
    rows, events = register(town), happened(town)
    kinds: Counter[str] = Counter()
    yield kinds
    fresh = {event: kind for event, kind in happened(town).items() if event not in events}
    now = register(town)
    changed = {key for key, row in now.items() if rows.get(key) != row}
    for name, key in changed:
        row = now[name, key]
        assert any(row[column] in fresh for column in EVENTS[name]), name
    gone = {name for name, _ in rows.keys() - now.keys()}
    assert not gone or fresh, gone
    kinds.update(fresh.values())


def test_a_day_of_a_school_has_as_many_events_as_changes(family: Town, clock: Clock):
    town = family
    with watched(town) as kinds:
        upload(town, line(Person.child(3, "Сосновый Пётр Ильич"), Person.adult(103, "А Б В")))
    assert kinds == {"import.uploaded": 1}
    with watched(town) as kinds:
        town.import_children(
            [
                Child(1, guardians=(101,)),
                Child(2, guardians=(102,), name="Ия"),
                Child(4, "7Б", guardians=(104,), name="Яна"),
            ]
        )
    assert kinds == {
        "import.uploaded": 1, "import.committed": 1, "person.added": 2, "pupil.enrolled": 1,
        "class.added": 1, "guardianship.added": 1, "ask.opened": 2, "enrolment.stated": 2,
    }  # fmt: skip
    with watched(town) as kinds:
        town.agree_on_signature()
    assert kinds == {"agreement.recorded": 1}
    with watched(town) as kinds:
        assert len(send_out(town).sent) == 3
    assert kinds == {"invitation.sent": 3}
    clock.forward(days=1)
    with watched(town) as kinds:
        send_out(town)
    assert kinds == {"invitation.sent": 3}
    holder = Holder(town, token_for(town, 101))
    with watched(town) as kinds:
        holder.look()
        holder.ask_code()
        holder.confirm(code_for(town, 101))
    assert kinds == {"person.read": 1, "link.opened": 1}
    with watched(town) as kinds:
        Holder(town, token_for(town, 102)).disown()
    assert kinds == {"link.disowned": 1}
    with watched(town) as kinds:
        town.answer(town.ask_of(town.person(101), FormKind.CHILD))
    assert kinds == {"document.shown": 1, "consent.given": 1}
    with watched(town) as kinds:
        town.work()
    assert kinds == {"claim.settled": 2}
    with watched(town) as kinds:
        town.answer_everything()
    assert kinds["consent.given"] == 5  # one of the six was given above
    with watched(town) as kinds:
        correct(town)
    assert kinds == {"person.changed": 1, "claim.released": 1}
    town.work()
    with watched(town) as kinds:
        town.hand_in()
    assert kinds == {"class.handed_in": 2}
    with watched(town) as kinds:
        bundle = approve(town)
    assert kinds == {"release.prepared": 1, "release.approved": 1, "bundle.sealed": 1}
    town.work()
    with watched(town) as kinds:
        pull(town, bundle.id)
    assert kinds == {"bundle.handed_over": 1}
    with watched(town) as kinds:
        town.withdraw(town.ask_of(town.person(101), FormKind.CHILD))
    assert kinds == {"consent.withdrawn": 1, "recall.opened": 2, "bundle.gone": 1}
    clock.forward(days=30)
    with watched(town) as kinds, town.wiring.units.open(SYSTEM) as unit:
        assert destroy_due(unit, town.school_id, town.collection_id) == 2
    assert kinds == {"person.destroyed": 2, "claim.released": 4}


def correct(town: Town) -> None:
    ask = town.ask_of(town.person(102), FormKind.GUARDIAN_OWN)
    session = town.session(ask.signer_id)
    with town.family(ask.signer_id) as unit:
        correct_items(unit, session, ask.id, {Field.EMAIL: "new@example.org"})


def test_the_rest_of_what_staff_do_has_events_too(family: Town, clock: Clock):
    town = family
    pupil = town.person(1)
    host, keys = town.wiring.host, town.wiring.signing_keys
    paper = town.ask_of(town.person(102), FormKind.CHILD)
    with watched(town) as kinds, town.by(Role.TUTOR) as unit:
        record_paper(unit, paper.id, Decision.REFUSED, town.today(), FULL, host, keys)
    assert kinds == {"consent.refused": 1, "identity.checked": 1}
    for days in (0, 1):
        clock.forward(days=days)
        with watched(town) as kinds, town.by(Role.TUTOR) as unit:
            record_attempt(unit, pupil, town.today(), "phone")
        assert kinds == {"attempt.recorded": 1}
    with watched(town) as kinds, town.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, pupil, "not_reached")
    assert kinds == {"leaving_out.proposed": 1}
    with watched(town) as kinds, town.by(Role.DIRECTOR) as unit:
        confirm_leaving_out(unit, town.collection_id, pupil, URL)
    assert kinds == {"leaving_out.confirmed": 1}
    with watched(town) as kinds, town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, town.today() + timedelta(days=3))
        state_enrolment(unit, town.collection_id, "7А", 1, "6-у", date(2026, 9, 1))
        leave_school(unit, pupil, "7-у", date(2026, 9, 1))
    assert kinds == {"collection.deadline_moved": 1, "enrolment.stated": 1, "pupil.left": 1}
    import_id = upload(town, line(Person.child(5, "Сосновый Пётр Ильич")))
    with watched(town) as kinds, town.by(Role.REGISTRAR) as unit:
        cancel_import(unit, import_id)
    assert kinds == {"import.cancelled": 1}


def test_a_renewed_link_and_the_one_it_replaces_carry_the_event(family: Town, clock: Clock):
    send_out(family)
    holder = Holder(family, token_for(family, 101))
    clock.forward(minutes=1)
    with watched(family) as kinds:
        holder.renew()
    assert kinds == {"invitation.sent": 1}


# looking


@pytest.mark.parametrize(
    ("look", "kind"),
    [
        pytest.param(
            lambda t, u, s, a: list_own_asks(u, s), "person.read", id="own asks"
        ),
        pytest.param(lambda t, u, s, a: read_items(u, s, a), "person.read", id="own items"),
        pytest.param(
            lambda t, u, s, a: show_document(u, s, a, Decision.GIVEN, FULL, t.wiring.host),
            "document.shown",
            id="document",
        ),
    ],
)  # fmt: skip
def test_what_a_family_reads_is_an_event(family: Town, look: Callable[..., object], kind: str):
    ask = family.ask_of(family.person(101), FormKind.CHILD)
    session = family.session(ask.signer_id)
    with watched(family) as kinds, family.family(ask.signer_id) as unit:
        look(family, unit, session, ask.id)
    assert kinds == {kind: 1}


def test_a_receipt_that_is_read_is_an_event(family: Town):
    kept = family.answer(family.ask_of(family.person(101), FormKind.CHILD))
    session = family.session(kept.decided_by)
    with watched(family) as kinds, family.family(kept.decided_by) as unit:
        assert own_answer(unit, session, kept.facts.id)[0] == kept
    assert kinds == {"person.read": 1}


def test_what_staff_read_is_an_event(family: Town):
    import_id = upload(family, line(Person.child(3, "Сосновый Пётр Ильич")))
    with watched(family) as kinds, family.by(Role.REGISTRAR) as unit:
        review_import(unit, import_id)
    assert kinds == {"import.reviewed": 1}
    with watched(family) as kinds, family.by(Role.TUTOR) as unit:
        (class_id,) = unit.schools.class_names(family.school_id)
        read_class(unit, family.collection_id, class_id)
    assert kinds == {"class.read": 1}


def test_a_refused_look_leaves_no_event_of_a_read(family: Town):
    ask = family.ask_of(family.person(101), FormKind.CHILD)
    session = family.session(family.person(102))
    with (
        watched(family) as kinds,
        pytest.raises(NotFound),
        family.family(session.signer_id) as unit,
    ):
        read_items(unit, session, ask.id)
    assert kinds == {}


# neither alone


@pytest.fixture
def broken_journal(family: Town) -> Town:
    """No event can be written any more."""
    with family.wiring.writing.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER full_disk BEFORE INSERT ON audit_event"
                " BEGIN SELECT RAISE(ABORT, 'no space left'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'no space left'; END $$"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER full_disk BEFORE INSERT ON audit_event"
                " FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
    return family


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda t: upload(t, line(Person.child(3, "А Б В"))), id="upload"),
        pytest.param(lambda t: t.import_children([Child(3, name="Яна")]), id="import"),
        pytest.param(lambda t: t.answer(t.asks()[0]), id="answer"),
        pytest.param(lambda t: t.invite(), id="invite"),
        pytest.param(correct, id="correct"),
        pytest.param(lambda t: hand_in_all(t), id="hand in"),
        pytest.param(lambda t: hire(t), id="hire"),
        pytest.param(lambda t: t.answer(t.asks()[0], Decision.REFUSED), id="refuse"),
    ],
)
def test_without_its_event_nothing_changes(broken_journal: Town, act: Callable[[Town], object]):
    rows, events = everything(broken_journal), happened(broken_journal)
    with pytest.raises(sa.exc.DatabaseError):
        act(broken_journal)
    assert everything(broken_journal) == rows
    assert happened(broken_journal) == events


def everything(town: Town) -> dict[str, list[str]]:
    with town.wiring.looking() as look:
        return {
            table.name: sorted(str(tuple(row)) for row in look.connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
        }


def hire(town: Town) -> None:
    with town.by(Role.REGISTRAR) as unit:
        add_staff(unit, "somebody", "hash", Role.TUTOR, town.school_id)


def hand_in_all(town: Town) -> None:
    with town.by(Role.REGISTRAR) as unit:
        state_enrolment(unit, town.collection_id, "7А", 2, "5-у", date(2026, 9, 1))
        (class_id,) = unit.schools.class_names(town.school_id)
        hand_in_class(unit, town.collection_id, class_id)


def test_an_act_that_breaks_off_leaves_no_event(family: Town):
    rows, events = everything(family), happened(family)
    with pytest.raises(NotFound), family.by(Role.REGISTRAR) as unit:
        _invite_and_stumble(unit, family)
    assert everything(family) == rows
    assert happened(family) == events


def _invite_and_stumble(unit: Unit, town: Town) -> None:
    assert invite(unit, town.collection_id, URL).sent
    leave_school(unit, unit.new_id(), "7-у", date(2026, 9, 1))


def test_a_guess_that_is_wrong_leaves_its_count_and_its_event_together(family: Town):
    send_out(family)
    token = token_for(family, 101)
    with watched(family) as kinds:
        with family.wiring.units.open(Actor(Role.FAMILY)) as unit:
            send_code(unit, token, family.wiring.code_key)
        with family.wiring.units.open(Actor(Role.FAMILY)) as unit:
            confirm_code(unit, token, "abcdef", family.wiring.code_key)
    assert kinds == {"code.refused": 1}


def test_a_dead_link_leaves_nothing(family: Town):
    with watched(family) as kinds:
        for act in (show_link, disown_link):
            with pytest.raises(NotFound), family.wiring.units.open(Actor(Role.FAMILY)) as unit:
                act(unit, "x" * 43)
    assert kinds == {}


# the auditor


def test_the_auditor_sees_where_the_journal_stands(family: Town):
    family.answer(family.asks()[0])
    with family.wiring.units.open(AUDITOR) as unit:
        state = see_checkpoint(unit)
    assert state.signed is not None
    assert state.waiting == 3  # document.shown, consent.given and this very look
    family.work()
    with family.wiring.units.open(AUDITOR) as unit:
        assert see_checkpoint(unit).waiting == 1


def test_a_school_has_its_own_events_and_the_auditor_all(family: Town, wiring: Wiring):
    Town(wiring, 29)
    with wiring.units.open(AUDITOR) as unit:
        own = list_events(unit, Wanted(school_id=family.school_id), -1, 1000)
        everyones = list_events(unit, None, -1, 1000)
    assert {entry.event.school_id for entry in own} == {family.school_id}
    assert len(everyones) > len(own)
    assert [entry.idx for entry in everyones] == list(range(len(everyones)))


def test_an_event_is_proved_once_it_is_signed(family: Town):
    kept = family.answer(family.asks()[0])
    event_id = next(e for e, kind in happened(family).items() if kind == "consent.given")
    assert kept
    with pytest.raises(JournalBehind), family.wiring.units.open(AUDITOR) as unit:
        prove_event(unit, event_id)  # type: ignore[arg-type]
    family.work()
    with family.wiring.units.open(AUDITOR) as unit:
        proof = prove_event(unit, event_id)  # type: ignore[arg-type]
        assert proof.path
        with pytest.raises(NotFound):
            prove_event(unit, unit.new_id())


def test_the_export_is_an_event_and_holds_every_signed_entry(family: Town):
    out = io.BytesIO()
    with watched(family) as kinds, family.wiring.units.open(AUDITOR) as unit:
        counts = export_journal(unit, None, out)
    assert kinds == {"journal.exported": 1}
    assert counts
    assert out.getvalue()


def test_nothing_is_exported_before_the_first_checkpoint(wiring: Wiring):
    with pytest.raises(JournalBehind), wiring.units.open(AUDITOR) as unit:
        export_journal(unit, None, io.BytesIO())
