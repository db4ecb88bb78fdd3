"""Reading: events in their order, what waits, what is covered, proofs for outsiders."""

from __future__ import annotations

from uuid import UUID

from audit import journal, search
from audit.checkpoint import open_checkpoint
from audit.record import record
from audit.search import Wanted
from audit.tree import leaf_hash, verify_inclusion
from tests.audit.journals import LATER, SCHOOL, START


def test_an_empty_journal_answers_with_nothing(engine):
    with engine.begin() as connection:
        assert journal.last_checkpoint(connection) is None
        assert journal.pending_count(connection) == 0
        assert journal.oldest_pending_at(connection) is None
        assert journal.event(connection, UUID(int=1)) is None
        assert search.oldest(connection, Wanted()) == []
        assert search.facets(connection, Wanted()) == []
        assert search.place(connection, 0) is None
        assert search.last_of_kind(connection, "class.added") is None
        assert journal.inclusion_proof(connection, UUID(int=1)) is None
        assert not journal.covered(connection, UUID(int=1))


def test_what_waits_is_counted_and_dated(engine, an_event):
    first, second = an_event(at=START), an_event()
    with engine.begin() as connection:
        record(connection, second)
        record(connection, first)
        assert journal.pending_count(connection) == 2
        assert journal.oldest_pending_at(connection) == START


def test_events_are_read_in_order_and_by_pages(engine, fill, make_sequencer):
    staged = fill(engine, 8)
    make_sequencer(engine).integrate_once(LATER)
    with engine.begin() as connection:
        everything = search.oldest(connection, Wanted())
        assert [entry.event for entry in everything] == staged
        assert [entry.idx for entry in everything] == list(range(8))
        assert {entry.integrated_at for entry in everything} == {LATER}
        page = search.oldest(connection, Wanted(), after=4, limit=2)
        assert [entry.idx for entry in page] == [5, 6]


def test_a_school_reads_its_own_events_only(engine, fill, make_sequencer):
    staged = fill(engine, 8)
    make_sequencer(engine).integrate_once(LATER)
    with engine.begin() as connection:
        own = search.oldest(connection, Wanted(school_id=SCHOOL))
        assert [entry.event for entry in own] == [e for e in staged if e.school_id == SCHOOL]
        assert search.oldest(connection, Wanted(school_id=SCHOOL), after=own[-1].idx) == []


def test_every_covered_event_can_be_proved_to_an_outsider(engine, fill, make_sequencer, signer):
    sequencer = make_sequencer(engine)
    staged = fill(engine, 7)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    waiting = fill(engine, 1)[0]
    sequencer.integrate_once(LATER)
    with engine.begin() as connection:
        assert journal.inclusion_proof(connection, waiting.id) is None
        signed = journal.last_checkpoint(connection)
        for event in staged:
            proof = journal.inclusion_proof(connection, event.id)
            head = open_checkpoint(proof.signed.note, signer.verifier)
            assert head == signed.checkpoint
            verify_inclusion(leaf_hash(proof.envelope), proof.idx, head.size, proof.path, head.root)
    assert signed.signed_at == LATER
