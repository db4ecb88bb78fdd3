"""What the watch is told: how long each queue is, since when, and when the worker was last seen."""

from __future__ import annotations

from audit.store import audit_checkpoint
from gateway.actions.deliver_messages import lease_messages
from gateway.store.watch import WORKER, Beat, Figures, Queue
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from tests.audit.journals import drop_guards
from tests.conftest import Clock
from tests.races.released_school import WITHDRAWALS, ReleasedSchool
from tests.town import Child, Town


def look_at(wiring: Wiring) -> Figures:
    with wiring.looking() as look:
        return look.watch.figures()


def test_a_service_that_nobody_has_used_has_nothing_waiting(wiring: Wiring):
    nothing = Queue()
    assert look_at(wiring) == Figures(
        nothing, None, {"mail": nothing, "sms": nothing}, nothing, 0, 0, {}
    )


def test_events_and_letters_wait_until_the_worker_comes(wiring: Wiring, clock: Clock):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    town.work()
    began = clock.forward(minutes=1)
    town.invite()
    found = look_at(wiring)
    assert found.journal.waiting > 0
    assert found.journal.oldest_at == began
    assert found.messages == {"mail": Queue(1, 0, began), "sms": Queue()}
    with wiring.units.open(SYSTEM) as unit:
        lease_messages(unit)
    assert look_at(wiring).messages["mail"] == Queue(1, 1, began)
    clock.forward(minutes=2)
    town.work()
    found = look_at(wiring)
    assert (found.journal, found.messages["mail"]) == (Queue(), Queue())
    assert found.checkpoint_at == clock.now


def test_claims_wait_until_they_are_settled(wiring: Wiring, clock: Clock):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    for ask in town.asks():
        town.answer(ask)
    found = look_at(wiring).claims
    assert found.waiting > 0
    assert found.oldest_at == clock.now
    town.work()
    assert look_at(wiring).claims == Queue()


def test_a_bundle_waits_for_its_checkpoint_and_after_a_withdrawal_for_its_heir(wiring: Wiring):
    school = ReleasedSchool(wiring)
    school.approve()
    assert (look_at(wiring).to_narrow, look_at(wiring).uncovered) == (0, 1)
    school.sign_journal()
    assert (look_at(wiring).to_narrow, look_at(wiring).uncovered) == (0, 0)
    school.withdraw(WITHDRAWALS[1])
    assert (look_at(wiring).to_narrow, look_at(wiring).uncovered) == (1, 0)
    school.narrow()
    assert (look_at(wiring).to_narrow, look_at(wiring).uncovered) == (0, 1)


def test_a_sealed_bundle_without_any_checkpoint_waits_too(wiring: Wiring):
    ReleasedSchool(wiring).approve()
    drop_guards(wiring.writing)
    with wiring.writing.begin() as connection:
        connection.execute(audit_checkpoint.delete())
    assert look_at(wiring).uncovered == 1


def test_a_duty_keeps_its_last_good_moment_and_all_its_failures(wiring: Wiring, clock: Clock):
    def beat(done: set[str], **failed: int) -> dict[str, Beat]:
        with wiring.units.open(SYSTEM) as unit:
            unit.watch.beat(done, failed, unit.now)
        return look_at(wiring).beats

    began = clock.now
    assert beat({WORKER}, messages=2) == {
        "messages": Beat(None, 2),
        WORKER: Beat(began, 0),
    }
    later = clock.forward(minutes=1)
    assert beat({WORKER, "messages"})["messages"] == Beat(later, 2)
    clock.forward(minutes=1)
    assert beat({WORKER}, messages=1) == {
        "messages": Beat(later, 3),
        WORKER: Beat(clock.now, 0),
    }
