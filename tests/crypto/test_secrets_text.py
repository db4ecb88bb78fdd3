import hashlib
import re
from uuid import UUID

import pytest

from crypto import base64url
from crypto.secrets_text import code_tag, hash_secret, new_code, new_secret, receipt_number

LINK = UUID("019954a0-1c00-7000-8000-0000000000b1")
OTHER_LINK = UUID("019954a0-1c00-7000-8000-0000000000b2")
KEY = b"c" * 32


@pytest.mark.parametrize("size", [16, 32])
def test_a_secret_holds_the_bytes_that_were_asked_for(size: int) -> None:
    assert len(base64url.decode(new_secret(size))) == size
    assert len({new_secret(size) for _ in range(100)}) == 100


def test_only_the_hash_of_a_secret_needs_to_be_kept() -> None:
    assert hash_secret("abc") == hashlib.sha256(b"abc").digest()


@pytest.mark.parametrize("digits", [4, 6])
def test_a_code_keeps_its_leading_zeros(digits: int) -> None:
    codes = {new_code(digits) for _ in range(2000)}
    assert all(re.fullmatch(rf"[0-9]{{{digits}}}", code) for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_a_code_counts_only_with_its_own_link_and_key() -> None:
    tag = code_tag(KEY, LINK, "012345")
    assert len(tag) == 32
    assert tag == code_tag(KEY, LINK, "012345")
    assert tag != code_tag(KEY, OTHER_LINK, "012345")
    assert tag != code_tag(KEY, LINK, "012346")
    assert tag != code_tag(b"d" * 32, LINK, "012345")


def test_a_receipt_number_has_no_signs_that_look_alike() -> None:
    numbers = {receipt_number() for _ in range(500)}
    assert len(numbers) == 500
    for number in numbers:
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", number)
