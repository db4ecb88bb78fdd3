"""Codes of an application, against the numbers of the standards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crypto.one_time import (
    SECRET_BYTES,
    code_of,
    new_one_time_secret,
    provisioning_uri,
    secret_text,
    step_of,
    step_shown,
)

SECRET = b"12345678901234567890"
# RFC 4226, appendix D.
HOTP = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871")


def test_codes_are_those_of_the_standard():
    assert [code_of(SECRET, step) for step in range(9)] == list(HOTP)


@pytest.mark.parametrize(
    ("second", "code"),
    # RFC 6238, appendix B; the last six of its eight digits.
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_a_moment_has_the_code_of_its_step(second: int, code: str):
    assert code_of(SECRET, step_of(datetime.fromtimestamp(second, UTC))) == code


@pytest.mark.parametrize(
    ("shown", "step"),
    [
        pytest.param(HOTP[2], None, id="two steps ago"),
        pytest.param(HOTP[3], 3, id="a step ago"),
        pytest.param(HOTP[4], 4, id="now"),
        pytest.param(HOTP[5], 5, id="the next one"),
        pytest.param(HOTP[6], None, id="two steps ahead"),
        pytest.param("", None, id="nothing"),
        pytest.param("٣٣٨٣١٤", None, id="digits of another script"),
    ],
)
def test_one_step_of_drift_is_taken(shown: str, step: int | None):
    assert step_shown(SECRET, shown, 4) == step


def test_a_secret_is_new_each_time_and_reads_as_applications_take_it():
    assert new_one_time_secret() != new_one_time_secret()
    assert len(new_one_time_secret()) == SECRET_BYTES
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    uri = provisioning_uri(SECRET, "м.белова", "Согласие семьи")
    assert uri.startswith("otpauth://totp/%D0%BC.%D0%B1")
    assert uri.endswith(
        "&issuer=%D0%A1%D0%BE%D0%B3%D0%BB%D0%B0%D1%81%D0%B8%D0%B5%20%D1%81%D0%B5%D0%BC%D1%8C%D0%B8"
    )
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in uri
