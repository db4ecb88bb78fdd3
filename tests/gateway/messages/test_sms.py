"""SMS into files, and their price in parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.messages.delivery import DeliveryFailed
from gateway.messages.sms import OutboxSms, parts_of


def test_the_same_sms_is_the_same_file(tmp_path: Path) -> None:
    outbox = OutboxSms(tmp_path / "sms")
    outbox.send("0192-cd", "+79000008143", "482913 — код")
    file = tmp_path / "sms" / "0192-cd.json"
    first = file.read_bytes()
    outbox.send("0192-cd", "+79000008143", "482913 — код")
    assert file.read_bytes() == first
    assert json.loads(first) == {"id": "0192-cd", "to": "+79000008143", "text": "482913 — код"}
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("message_id", "to"),
    [
        pytest.param("a/b", "+79000008143", id="path in id"),
        pytest.param("ab", "89000008143", id="not E.164"),
    ],
)
def test_an_unfit_sms_is_refused_without_the_number(
    tmp_path: Path, message_id: str, to: str
) -> None:
    with pytest.raises(DeliveryFailed) as refused:
        OutboxSms(tmp_path).send(message_id, to, "код")
    assert to not in repr(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("letters", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_long_sms_is_paid_in_parts(letters: int, parts: int) -> None:
    assert parts_of("я" * letters) == parts
