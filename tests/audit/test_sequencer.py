"""Order, signing, and what the signer refuses to sign."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from audit import journal
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.errors import ForkRefused, JournalDamaged
from audit.guard import GuardFile
from audit.leaf import Leaf, body_digest
from audit.record import record, record_many
from audit.sequencer import Sequencer
from audit.store import (
    audit_checkpoint,
    audit_event,
    audit_head,
    audit_leaf,
    audit_pending,
)
from audit.tree import CompactRange, leaf_hash, root
from crypto.signing import NoteSigner
from tests.audit.journals import LATER, ORIGIN, OTHER_SCHOOL, SCHOOL, drop_guards


def leaves(engine: sa.Engine) -> list[Leaf]:
    with engine.begin() as connection:
        stored = connection.execute(sa.select(audit_leaf.c.envelope).order_by(audit_leaf.c.idx))
        return [Leaf.decode(envelope) for envelope in stored.scalars()]


def count(engine: sa.Engine, table: sa.Table) -> int:
    with engine.begin() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def run(engine: sa.Engine, statement: sa.Executable) -> None:
    """As an owner of the database, past the guards."""
    drop_guards(engine)
    with engine.begin() as connection:
        connection.execute(statement)


def test_events_get_dense_places_in_the_log_and_in_their_school(engine, fill, make_sequencer):
    sequencer = make_sequencer(engine)
    staged = fill(engine, 6)
    first = sequencer.integrate_once(LATER)
    staged += fill(engine, 5)
    second = sequencer.integrate_once(LATER + timedelta(seconds=1))
    made = leaves(engine)
    assert (first.size, second.size) == (6, 11)
    assert [leaf.idx for leaf in made] == list(range(11))
    assert [leaf.id for leaf in made] == [event.id for event in staged]
    assert [leaf.body_hash for leaf in made] == [body_digest(event.body()) for event in staged]
    for school in (SCHOOL, OTHER_SCHOOL, None):
        own = [leaf.sseq for leaf in made if leaf.school_id == school]
        assert own == list(range(len(own)))
        assert own
    assert second.root == root(leaf_hash(leaf.encode()) for leaf in made)
    assert count(engine, audit_pending) == 0


def test_a_batch_is_bounded_and_the_rest_waits(engine, fill, make_sequencer):
    fill(engine, 5)
    sequencer = make_sequencer(engine)
    assert [sequencer.integrate_once(LATER, max_batch=2).size for _ in range(4)] == [2, 4, 5, 5]


def test_an_empty_journal_has_a_head_but_no_checkpoint(engine, make_sequencer):
    sequencer = make_sequencer(engine)
    assert sequencer.integrate_once(LATER).size == 0
    assert sequencer.sign_once(LATER) is None


def test_a_clock_that_runs_backwards_does_not_take_the_journal_along(engine, fill, make_sequencer):
    sequencer = make_sequencer(engine)
    for now in (LATER, LATER - timedelta(hours=3), LATER + timedelta(seconds=1)):
        fill(engine, 1)
        sequencer.integrate_once(now)
    moments = [leaf.integrated_at for leaf in leaves(engine)]
    assert moments == [LATER, LATER, LATER + timedelta(seconds=1)]


def test_a_checkpoint_is_signed_once_for_each_growth(engine, fill, make_sequencer, signer):
    sequencer = make_sequencer(engine)
    for size in (3, 6):
        fill(engine, 3)
        head = sequencer.integrate_once(LATER)
        note = sequencer.sign_once(LATER)
        assert open_checkpoint(note, signer.verifier) == Checkpoint(ORIGIN, size, head.root)
        assert sequencer.sign_once(LATER) is None
    assert count(engine, audit_checkpoint) == 2


def test_an_event_is_covered_only_once_it_is_signed(engine, fill, make_sequencer):
    sequencer = make_sequencer(engine)
    event = fill(engine, 1)[0]
    steps = (
        lambda: None,
        lambda: sequencer.integrate_once(LATER),
        lambda: sequencer.sign_once(LATER),
    )
    seen = []
    for step in steps:
        step()
        with engine.begin() as connection:
            seen.append(journal.covered(connection, event.id))
    assert seen == [False, False, True]


def test_a_crash_between_the_tree_and_its_signature_signs_the_same_head(
    engine, fill, make_sequencer, signer
):
    fill(engine, 3)
    head = make_sequencer(engine).integrate_once(LATER)
    note = make_sequencer(engine).sign_once(LATER)
    assert open_checkpoint(note, signer.verifier) == Checkpoint(ORIGIN, 3, head.root)


def test_a_crash_between_the_guard_and_the_stored_checkpoint_signs_the_same_bytes(
    engine, fill, make_sequencer, guard_file
):
    fill(engine, 3)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)

    class PowerCutError(Exception):
        """Nothing catches it."""

    def cut(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO audit_checkpoint"):
            raise PowerCutError

    sa.event.listen(engine, "before_cursor_execute", cut)
    with pytest.raises(PowerCutError):
        sequencer.sign_once(LATER)
    sa.event.remove(engine, "before_cursor_execute", cut)
    remembered = GuardFile(guard_file).read()
    assert count(engine, audit_checkpoint) == 0
    note = make_sequencer(engine).sign_once(LATER)
    assert note.startswith(remembered.text().encode())
    assert count(engine, audit_checkpoint) == 1


@pytest.mark.parametrize(
    "statement", ["INSERT INTO audit_leaf", "DELETE FROM audit_pending", "INSERT INTO audit_head"]
)
def test_a_crash_inside_of_the_integration_leaves_no_trace(engine, fill, make_sequencer, statement):
    fill(engine, 3)

    class PowerCutError(Exception):
        """Nothing catches it."""

    def cut(_connection, _cursor, text, *_rest):
        if text.startswith(statement):
            raise PowerCutError

    sa.event.listen(engine, "after_cursor_execute", cut)
    with pytest.raises(PowerCutError):
        make_sequencer(engine).integrate_once(LATER)
    sa.event.remove(engine, "after_cursor_execute", cut)
    assert (count(engine, audit_leaf), count(engine, audit_pending)) == (0, 3)
    assert make_sequencer(engine).integrate_once(LATER).size == 3


def roll_back_to(engine: sa.Engine, size: int) -> None:
    """The database as an old copy of it would be, with the signed checkpoints of that time."""
    hashes = [leaf_hash(leaf.encode()) for leaf in leaves(engine)[:size]]
    edge = CompactRange()
    edge.extend(hashes)
    drop_guards(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(audit_leaf).where(audit_leaf.c.idx >= size))
        connection.execute(sa.delete(audit_checkpoint).where(audit_checkpoint.c.size > size))
        connection.execute(
            sa.update(audit_head).values(size=size, root=edge.root(), edge=edge.to_bytes())
        )


@pytest.mark.parametrize("again", [0, 2, 3, 9], ids="{} new events".format)
@pytest.mark.parametrize("is_same_process", [True, False], ids=["same process", "fresh process"])
def test_a_database_brought_back_from_a_copy_is_not_signed(
    engine, fill, make_sequencer, again, is_same_process
):
    sequencer = make_sequencer(engine)
    for _ in range(2):
        fill(engine, 3)
        sequencer.integrate_once(LATER)
        signed = sequencer.sign_once(LATER)
    roll_back_to(engine, 3)
    fill(engine, again)
    if not is_same_process:
        sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    with pytest.raises(ForkRefused):
        sequencer.sign_once(LATER)
    with engine.begin() as connection:
        assert journal.last_checkpoint(connection).note != signed
        assert journal.last_checkpoint(connection).checkpoint.size == 3


def test_without_a_guard_file_the_stored_checkpoints_still_bind(engine, fill, make_sequencer):
    sequencer = make_sequencer(engine, None)
    fill(engine, 3)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    fill(engine, 3)
    sequencer.integrate_once(LATER)
    assert sequencer.sign_once(LATER) is not None
    assert make_sequencer(engine, None).sign_once(LATER) is None


def test_a_rewritten_leaf_is_not_signed_again(engine, fill, make_sequencer):
    """Whoever rewrites a leaf and the head after it still cannot rewrite what was signed."""
    sequencer = make_sequencer(engine)
    fill(engine, 4)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    forged = leaves(engine)
    forged[1] = Leaf(1, ORIGIN, None, 0, forged[1].id, LATER, b"x" * 32)
    edge = CompactRange()
    edge.extend(leaf_hash(leaf.encode()) for leaf in forged)
    run(
        engine,
        sa.update(audit_leaf)
        .where(audit_leaf.c.idx == 1)
        .values(envelope=forged[1].encode(), leaf_hash=leaf_hash(forged[1].encode())),
    )
    run(engine, sa.update(audit_head).values(root=edge.root(), edge=edge.to_bytes()))
    fill(engine, 1)
    fresh = make_sequencer(engine)
    fresh.integrate_once(LATER)
    with pytest.raises(ForkRefused, match="differs"):
        fresh.sign_once(LATER)


def test_a_lost_guard_file_is_refused(lite, fill, make_sequencer, guard_file):
    fill(lite, 1)
    sequencer = make_sequencer(lite)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    guard_file.unlink()
    with pytest.raises(ForkRefused, match="missing"):
        sequencer.sign_once(LATER)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"\xff", "not readable", id="not UTF-8"),
        pytest.param(b"", "not readable", id="empty"),
        pytest.param(
            Checkpoint("other.example.org", 1, b"x" * 32).text().encode(),
            "another log",
            id="of another log",
        ),
        pytest.param(
            Checkpoint(ORIGIN, 1, b"x" * 32).text().encode(), "differs", id="another root"
        ),
        pytest.param(Checkpoint(ORIGIN, 9, b"x" * 32).text().encode(), "shorter", id="larger"),
    ],
)
def test_a_guard_file_that_does_not_fit_is_refused(
    lite, fill, make_sequencer, guard_file, content, words
):
    fill(lite, 1)
    sequencer = make_sequencer(lite)
    sequencer.integrate_once(LATER)
    guard_file.write_bytes(content)
    with pytest.raises(ForkRefused, match=words):
        sequencer.sign_once(LATER)
    assert count(lite, audit_checkpoint) == 0


def test_an_older_guard_file_is_followed_from_the_beginning(lite, fill, make_sequencer, guard_file):
    sequencer = make_sequencer(lite)
    fill(lite, 2)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    older = guard_file.read_bytes()
    fill(lite, 2)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    guard_file.write_bytes(older)
    fill(lite, 2)
    sequencer.integrate_once(LATER)
    assert sequencer.sign_once(LATER) is not None


def test_a_guard_file_is_kept_private(lite, fill, make_sequencer, guard_file):
    fill(lite, 1)
    sequencer = make_sequencer(lite)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    assert guard_file.stat().st_mode & 0o777 == 0o600
    assert GuardFile(guard_file).read().size == 1
    assert not guard_file.with_name("last-signed.part").exists()


DAMAGE = [
    pytest.param(sa.update(audit_head).values(root=b"x" * 32), "root", id="root"),
    pytest.param(sa.update(audit_head).values(edge=b"x"), "readable", id="edge"),
    pytest.param(sa.update(audit_head).values(size=7), "root", id="size"),
    pytest.param(sa.delete(audit_head), "without a head", id="no head"),
    pytest.param(
        sa.delete(audit_leaf).where(audit_leaf.c.idx == 2), "last leaf", id="last leaf gone"
    ),
    pytest.param(sa.delete(audit_leaf), "last leaf", id="all leaves gone"),
    pytest.param(
        sa.update(audit_leaf).where(audit_leaf.c.idx == 2).values(envelope=b"{}"),
        "readable",
        id="last envelope",
    ),
    pytest.param(
        sa.update(audit_leaf).where(audit_leaf.c.idx == 2).values(leaf_hash=b"x" * 32),
        "hash",
        id="last hash",
    ),
]


@pytest.mark.parametrize(("statement", "words"), DAMAGE)
def test_a_damaged_edge_stops_the_sequencer(engine, fill, make_sequencer, statement, words):
    fill(engine, 3)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    fill(engine, 1)
    run(engine, statement)
    for act in (sequencer.integrate_once, sequencer.sign_once):
        with pytest.raises(JournalDamaged, match=words):
            act(LATER)
    assert count(engine, audit_pending) == 1


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        pytest.param("DELETE FROM audit_pending", "vanished", id="pending rows vanish"),
        pytest.param("UPDATE audit_head SET size = 99", "moved", id="the head moves"),
    ],
)
def test_a_change_during_integration_undoes_it(engine, fill, make_sequencer, meanwhile, words):
    fill(engine, 1)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    fill(engine, 2)

    def meddle(connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO audit_leaf"):
            connection.exec_driver_sql(meanwhile)

    sa.event.listen(engine, "after_cursor_execute", meddle)
    with pytest.raises(JournalDamaged, match=words):
        sequencer.integrate_once(LATER)
    sa.event.remove(engine, "after_cursor_execute", meddle)
    assert (count(engine, audit_leaf), count(engine, audit_pending)) == (1, 2)


def test_a_hole_below_the_edge_stops_the_signer(engine, fill, make_sequencer):
    fill(engine, 3)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    run(engine, sa.delete(audit_leaf).where(audit_leaf.c.idx == 1))
    with pytest.raises(JournalDamaged, match="missing below"):
        sequencer.sign_once(LATER)


def test_a_stored_checkpoint_of_another_key_stops_the_signer(lite, fill, make_sequencer, tmp_path):
    fill(lite, 1)
    sequencer = make_sequencer(lite)
    sequencer.integrate_once(LATER)
    Sequencer(lite, NoteSigner(ORIGIN, b"o" * 32), ORIGIN, tmp_path / "other").sign_once(LATER)
    with pytest.raises(JournalDamaged, match=r"note\.impostor"):
        sequencer.sign_once(LATER)


@pytest.mark.parametrize("origin", ["other.example.org", 'a"b'])
def test_the_origin_is_the_name_of_the_key(lite, signer, origin):
    named = NoteSigner(origin, b"s" * 32) if '"' in origin else signer
    with pytest.raises(ValueError, match="origin"):
        Sequencer(lite, named, origin, None)


def test_an_event_cannot_be_integrated_twice(engine, fill, make_sequencer):
    event = fill(engine, 1)[0]
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    with engine.begin() as connection:
        connection.execute(sa.insert(audit_pending), {"event_id": event.id})
    with pytest.raises(sa.exc.IntegrityError):
        sequencer.integrate_once(LATER)
    assert count(engine, audit_leaf) == 1


@pytest.mark.parametrize("has_guard", [True, False], ids=["one guard file", "no guard file"])
def test_two_signers_of_one_head_store_one_checkpoint(
    engine, fill, make_sequencer, guard_file, has_guard
):
    fill(engine, 3)
    first, second = (make_sequencer(engine, guard_file if has_guard else None) for _ in range(2))
    first.integrate_once(LATER)
    notes = together([lambda: first.sign_once(LATER), lambda: second.sign_once(LATER)])
    assert len({note for note in notes if note is not None}) == 1
    assert count(engine, audit_checkpoint) == 1


def together(jobs) -> list[object]:
    """Run each job in a thread of its own, all at once; their results in order."""
    results: list[object] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def work(place: int) -> None:
        start.wait()
        try:
            results[place] = jobs[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_sequencers_at_once_lose_and_double_nothing(engine, fill, make_sequencer):
    fill(engine, 120)
    pair = [make_sequencer(engine), make_sequencer(engine)]

    def drain(sequencer: Sequencer) -> None:
        while sequencer.integrate_once(LATER, max_batch=7).size < 120:
            pass

    results = together([lambda one=one: drain(one) for one in pair])
    assert results == [None, None]
    made = leaves(engine)
    assert [leaf.idx for leaf in made] == list(range(120))
    assert len({leaf.id for leaf in made}) == 120


def test_eight_writers_with_rollbacks_and_a_live_sequencer(
    engine, an_event, make_sequencer, signer
):
    """Committed events, leaves and ids are the same in number; all checkpoints fit one tree."""
    writers, rounds = 8, 20
    batches = [
        [[an_event(), an_event(school=OTHER_SCHOOL)] for _ in range(rounds)] for _ in range(writers)
    ]
    kept: list[object] = []
    done = threading.Event()

    def write(number: int) -> None:
        dice = random.Random(number)
        for batch in batches[number]:
            with engine.connect() as connection:
                transaction = connection.begin()
                for event in batch:
                    record(connection, event)
                if dice.random() < 0.2:
                    transaction.rollback()
                else:
                    transaction.commit()
                    kept.extend(event.id for event in batch)

    def sequence() -> None:
        sequencer = make_sequencer(engine)
        while not done.is_set():
            sequencer.integrate_once(LATER, max_batch=10)
            sequencer.sign_once(LATER)

    live = threading.Thread(target=sequence)
    live.start()
    failures = [
        one for one in together([lambda n=n: write(n) for n in range(writers)]) if one is not None
    ]
    done.set()
    live.join()
    assert failures == []
    last = make_sequencer(engine)
    last.integrate_once(LATER)
    last.sign_once(LATER)
    made = leaves(engine)
    assert [leaf.idx for leaf in made] == list(range(len(kept)))
    assert {leaf.id for leaf in made} == set(kept)
    assert (count(engine, audit_event), count(engine, audit_pending)) == (len(kept), 0)
    hashes = [leaf_hash(leaf.encode()) for leaf in made]
    with engine.begin() as connection:
        notes = connection.execute(sa.select(audit_checkpoint.c.note)).scalars().all()
    for note in notes:
        checkpoint = open_checkpoint(note, signer.verifier)
        assert checkpoint.root == root(hashes[: checkpoint.size])


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has one writer at a time
def test_a_long_open_transaction_holds_nobody_up(engine, an_event, make_sequencer):
    """Ids made early may be committed late; they are found all the same, and keep their events."""
    early, late = an_event(), an_event()
    sequencer = make_sequencer(engine)
    with engine.connect() as slow:
        transaction = slow.begin()
        record(slow, early)
        with engine.begin() as connection:
            record_many(connection, [late])
        assert sequencer.integrate_once(LATER).size == 1
        transaction.commit()
    assert sequencer.integrate_once(LATER).size == 2
    assert [leaf.id for leaf in leaves(engine)] == [late.id, early.id]
