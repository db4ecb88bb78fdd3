"""No personal value of the story lies open in a file, a log or an error."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.demo.families import invented_details
from examples.demo.show import Show
from tests.journeys.personal_values import Search
from tests.journeys.roster import people_of

SOMEBODY = {
    "family_name": "Щукарёва",
    "given_name": "Пелагея",
    "patronymic": "Ермолаевна",
    "birth_date": "2015-03-08",
    "snils": "90000000110",
    "email": "pelageya@example.org",
    "phone": "+79000009911",
}

pytestmark = pytest.mark.timeout(900)  # a whole performance, maybe on a busy machine


@pytest.fixture(scope="module")
def search(show: Show) -> Search:
    """Everybody of both lists, and the addresses and papers that families told."""
    told = [invented_details(p, show.today) for p in show.families.people.values()]
    return Search.for_people(
        [*people_of("school_28"), *people_of("class_7a_28")], *(d["address"] for d in told)
    )


def kept_files(show: Show) -> Iterator[Path]:
    for path in sorted(show.home.rglob("*")):
        if path.is_file() and show.home / "outbox" not in path.parents:
            yield path


def test_home_keeps_nothing_readable_but_the_outbox(show: Show, search: Search) -> None:
    files = list(kept_files(show))
    assert {p.name for p in files} >= {"kek.ring", "index.ring", "audit.ring", "jose.ring"}
    assert {
        p.relative_to(show.home): f for p in files if (f := search.found_in(p.read_bytes()))
    } == {}


def test_logs_say_nothing_personal(show: Show, search: Search) -> None:
    log = show.stage.log.read_bytes()
    assert b"request_id" in log
    assert search.found_in(log) == set()


def test_refusals_say_nothing_personal(show: Show, search: Search) -> None:
    assert len(show.refusals) > 10
    assert search.found_in(b"\n".join(show.refusals)) == set()


def test_journal_and_receipts_say_nothing_personal(show: Show, search: Search) -> None:
    assert search.found_in((show.folder / "journal.auditpack").read_bytes()) == set()
    answers = [given for sitting in show.sittings.values() for given in sitting.answers]
    for given in answers:
        payload = given.receipt.split(".")[1]
        assert search.found_in(base64.urlsafe_b64decode(payload + "==")) == set()


def test_the_sealed_bundle_shows_nothing(show: Show, search: Search) -> None:
    assert search.found_in((show.folder / "platform" / "bundle.jwe").read_bytes()) == set()


def test_the_search_finds_what_is_open(show: Show, search: Search) -> None:
    opened = (show.folder / "platform" / "bundle.json").read_bytes()
    assert len(search.found_in(opened)) > 100
    letters = b"".join(p.read_bytes() for p in (show.home / "outbox").glob("*.eml"))
    assert search.found_in(letters) != set()


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Щукарёва".encode(), id="UTF-8"),
        pytest.param("Щукарёва".encode("utf-16-le"), id="UTF-16 little-endian"),
        pytest.param("Щукарёва".encode("utf-16-be"), id="UTF-16 big-endian"),
        pytest.param("Щукарёва".encode("cp1251"), id="Windows-1251"),
        pytest.param("Щукарёва".encode().hex().encode(), id="hex"),
        pytest.param(base64.b64encode("Пелагея".encode()), id="base64"),
        pytest.param(base64.b64encode("ю1Пелагея!".encode("cp1251")), id="base64, shifted"),
        pytest.param(base64.b64encode("ююПелагея".encode("cp1251")), id="base64, shifted by two"),
        pytest.param(b"\\u0429\\u0443\\u043a\\u0430\\u0440\\u0451\\u0432\\u0430", id="escaped"),
        pytest.param(b"9000009911", id="digits of a phone"),
        pytest.param(b"90000000110", id="digits of a SNILS"),
    ],
)
def test_the_search_knows_each_spelling(written: bytes) -> None:
    search = Search.for_people([SOMEBODY])
    assert search.found_in(b"\x00\x17" * 70_000 + written + b"\xff" * 100)
    assert not search.found_in(b"\x00\x17" * 70_000)
