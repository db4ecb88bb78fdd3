"""Workers who are parents: whose contact it is, and whose family."""

from __future__ import annotations

from uuid import UUID

import pytest

from policies.workers import WorkerMarks, is_of_another, own_family

MOTHER, FATHER, CHILD, SISTER, STRANGER = (UUID(int=n) for n in range(1, 6))
LINKS = [(MOTHER, CHILD), (FATHER, CHILD), (FATHER, SISTER), (STRANGER, UUID(int=9))]
PHONE, OTHER = b"phone", b"other"


@pytest.mark.parametrize(
    ("workers", "signer", "expected"),
    [
        pytest.param([], b"snils", False, id="nobody works here"),
        pytest.param([WorkerMarks(b"x", frozenset({OTHER}))], b"snils", False, id="not theirs"),
        pytest.param([WorkerMarks(b"x", frozenset({PHONE}))], b"snils", True, id="another"),
        pytest.param([WorkerMarks(b"snils", frozenset({PHONE}))], b"snils", False, id="the same"),
        pytest.param([WorkerMarks(None, frozenset({PHONE}))], b"snils", True, id="who is unknown"),
        pytest.param([WorkerMarks(None, frozenset({PHONE}))], None, True, id="both unknown"),
        pytest.param(
            [WorkerMarks(b"snils", frozenset({PHONE})), WorkerMarks(b"x", frozenset({PHONE}))],
            b"snils",
            True,
            id="theirs and another's",
        ),
    ],
)
def test_a_workers_contact_signs_for_that_worker_alone(
    workers: list[WorkerMarks], signer: bytes | None, expected: bool
):
    assert is_of_another(PHONE, signer, workers) is expected


@pytest.mark.parametrize(
    ("marked", "family"),
    [
        pytest.param(set(), set(), id="no parent here"),
        pytest.param({MOTHER}, {MOTHER, FATHER, CHILD}, id="parent, child and the other parent"),
        pytest.param({FATHER}, {FATHER, MOTHER, CHILD, SISTER}, id="children of two mothers"),
        pytest.param({SISTER}, {SISTER, FATHER}, id="a child with the worker's contact"),
    ],
)
def test_the_family_of_a_worker(marked: set[UUID], family: set[UUID]):
    assert own_family(marked, LINKS) == family


def test_marks_never_show_themselves():
    marks = WorkerMarks(b"snils", frozenset({PHONE}))
    assert marks.all == {b"snils", PHONE}
    assert WorkerMarks(None, frozenset({PHONE})).all == {PHONE}
    assert "snils" not in repr(marks)
