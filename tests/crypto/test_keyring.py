import hashlib
import hmac
import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto import base64url, canonical
from crypto.errors import RingError
from crypto.keyring import (
    PURPOSES,
    KeyState,
    RingName,
    check_value,
    create_ring,
    load_ring,
)

AT = datetime(2026, 9, 1, 9, 30, 15, 999, tzinfo=UTC)

Change = Callable[[dict[str, object]], object]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def path(home: Path) -> Path:
    create_ring(home / "kek.ring", RingName.KEK, AT)
    return home / "kek.ring"


def refusal(path: Path, ring: RingName = RingName.KEK) -> RingError:
    with pytest.raises(RingError) as caught:
        load_ring(path, ring)
    assert str(path.parent) not in str(caught.value)
    return caught.value


def rewrite(path: Path, change: Change) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_bytes(canonical.dumps(document) + b"\n")


@pytest.mark.parametrize("ring", RingName)
def test_a_new_ring_reads_back_and_holds_one_active_key_a_purpose(
    home: Path, ring: RingName
) -> None:
    made = create_ring(home / "a.ring", ring, AT)
    read = load_ring(home / "a.ring", ring)
    assert [key.material for key in read.keys] == [key.material for key in made.keys]
    assert [key.purpose for key in read.keys] == list(PURPOSES[ring])
    for key in read.keys:
        assert read.active(key.purpose) is key
        assert read.get(key.id) is key
        assert len(key.material) == 32
        assert key.created == AT.replace(microsecond=0)
        assert key.not_after is None
    assert stat.S_IMODE((home / "a.ring").stat().st_mode) == 0o600


def test_check_value_is_computed_as_the_page_says() -> None:
    told = b"sg/kcv/1\x00" + b"\x00\x03kek" + b"\x00\x00\x00\x07"
    expected = hmac.new(b"k" * 32, told, hashlib.sha256).hexdigest()[:6]
    assert check_value(RingName.KEK, 7, b"k" * 32) == expected


def test_no_repr_shows_a_key(path: Path) -> None:
    ring = load_ring(path, RingName.KEK)
    secret = ring.keys[0].material
    for shown in (repr(ring), str(ring.keys)):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
        assert base64url.encode(secret) not in shown


def test_a_ring_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(RingError, match=r"^ring\.exists: kek\.ring$"):
        create_ring(path, RingName.KEK, AT)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o601], ids=oct)
def test_a_ring_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    assert refusal(path).code == "ring.mode"


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777], ids=oct)
def test_a_ring_in_a_directory_that_others_may_write_is_refused(path: Path, mode: int) -> None:
    path.parent.chmod(mode)
    assert refusal(path).code == "ring.directory"
    with pytest.raises(RingError, match=r"^ring\.directory"):
        create_ring(path.with_name("new.ring"), RingName.KEK, AT)
    assert not path.with_name("new.ring").exists()


def test_a_symbolic_link_is_not_followed(path: Path) -> None:
    link = path.with_name("link.ring")
    link.symlink_to(path)
    assert refusal(link).code == "ring.open"


def test_a_missing_ring_is_an_error_and_is_not_made(path: Path) -> None:
    path.unlink()
    assert refusal(path).code == "ring.missing"
    assert not path.exists()
    assert refusal(path.parent / "absent" / "kek.ring").code == "ring.missing"


def test_a_pipe_does_not_hang_the_start(home: Path) -> None:
    os.mkfifo(home / "kek.ring", 0o600)
    assert refusal(home / "kek.ring").code == "ring.kind"


@pytest.mark.parametrize(
    ("which", "code"), [("file", "ring.owner"), ("directory", "ring.directory")]
)
def test_a_ring_of_another_user_is_refused(path: Path, which: str, code: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(path if which == "file" else path.parent, 12345, -1)
    assert refusal(path).code == code


def test_a_file_of_64_kib_is_refused_unread(path: Path) -> None:
    path.write_bytes(b" " * 64 * 1024)
    assert refusal(path).code == "ring.size"


def test_the_ring_of_another_purpose_is_refused(path: Path) -> None:
    assert refusal(path, RingName.INDEX).code == "ring.ring"


def the_key(document: dict[str, object]) -> dict[str, object]:
    keys = document["keys"]
    assert isinstance(keys, list)
    key = keys[0]
    assert isinstance(key, dict)
    return key


def sets(**members: object) -> Change:
    return lambda document: the_key(document).update(members)


def twice(**members: object) -> Change:
    """Add a second, decrypt-only key, right but for `members`."""

    def change(document: dict[str, object]) -> None:
        material = b"2" * 32
        key_id = int(str(members.get("id", "0000002a")), 16)
        fields: dict[str, object] = {
            "id": "0000002a",
            "k": base64url.encode(material),
            "kcv": check_value(RingName.KEK, key_id, material),
            "state": "decrypt-only",
            "version": 2,
        }
        keys = document["keys"]
        assert isinstance(keys, list)
        keys.append(the_key(document) | fields | members)

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda d: d.update(format="sg-ring/2"), "ring.format", id="another format"),
        pytest.param(lambda d: d.update(extra=1), "ring.json", id="an unknown member"),
        pytest.param(lambda d: d.pop("created"), "ring.json", id="a missing member"),
        pytest.param(lambda d: d.update(keys={}), "ring.json", id="keys are not a list"),
        pytest.param(lambda d: d.update(keys=[1]), "ring.key", id="a key is not an object"),
        pytest.param(lambda d: d.update(keys=[]), "ring.active", id="no keys"),
        pytest.param(sets(extra=1), "ring.key", id="an unknown field"),
        pytest.param(sets(state="lost"), "ring.key", id="an unknown state"),
        pytest.param(sets(state=1), "ring.key", id="a state that is no text"),
        pytest.param(sets(state="disabled"), "ring.active", id="no active key"),
        pytest.param(sets(alg="A128GCM"), "ring.key", id="another algorithm"),
        pytest.param(sets(purpose="token"), "ring.key", id="a foreign purpose"),
        pytest.param(sets(id="00000000"), "ring.key", id="id zero"),
        pytest.param(sets(id="0000002A"), "ring.key", id="an id in capitals"),
        pytest.param(sets(id=42), "ring.key", id="an id that is no text"),
        pytest.param(sets(id="0000002a"), "ring.kcv", id="the check value of another id"),
        pytest.param(sets(k=base64url.encode(b"k" * 32)), "ring.kcv", id="another key"),
        pytest.param(sets(k=base64url.encode(b"k" * 31)), "ring.key", id="a short key"),
        pytest.param(sets(k="?" * 43), "ring.key", id="a key that is no base64url"),
        pytest.param(sets(k=None), "ring.key", id="no key"),
        pytest.param(sets(kcv="zzzzzz"), "ring.key", id="a check value that is no hex"),
        pytest.param(sets(kcv="000000"), "ring.kcv", id="a wrong check value"),
        pytest.param(sets(version=0), "ring.key", id="version zero"),
        pytest.param(sets(version=65536), "ring.key", id="a version above 65535"),
        pytest.param(sets(version="1"), "ring.key", id="a version that is a text"),
        pytest.param(sets(created="2026-09-01"), "ring.key", id="a day for a moment"),
        pytest.param(sets(created="2026-9-1T09:30:15Z"), "ring.key", id="a loose moment"),
        pytest.param(sets(not_after="soon"), "ring.key", id="a date that is none"),
        pytest.param(twice(state="active"), "ring.active", id="two active keys"),
        pytest.param(twice(version=1), "ring.twice", id="a version twice"),
        pytest.param(sets(state="destroyed"), "ring.key", id="a destroyed key that is there"),
    ],
)
def test_a_start_with_an_odd_ring_is_refused(path: Path, change: Change, code: str) -> None:
    rewrite(path, change)
    assert refusal(path).code == code


def test_one_id_twice_is_refused(path: Path) -> None:
    first = str(json.loads(path.read_text())["keys"][0]["id"])
    rewrite(path, twice(id=first))
    assert refusal(path).code == "ring.twice"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text.replace('"ring"', '"ring":"kek","ring"'), id="repeated"),
        pytest.param(lambda text: text.replace(":", ": "), id="other spelling"),
        pytest.param(lambda text: text[:-5], id="cut short"),
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: "[]", id="not an object"),
    ],
)
def test_a_ring_that_is_not_canonical_json_is_refused(
    path: Path, spoil: Callable[[str], str]
) -> None:
    path.write_text(spoil(path.read_text()))
    assert refusal(path).code == "ring.json"


@pytest.mark.parametrize("state", KeyState)
def test_what_an_older_key_may_do_is_its_state(path: Path, state: KeyState) -> None:
    if state is KeyState.ACTIVE:
        path = path.with_name("other.ring")
        create_ring(path, RingName.KEK, AT)
        assert load_ring(path, RingName.KEK).keys[0].is_usable
        return
    is_gone = state is KeyState.DESTROYED
    members: dict[str, object] = {"state": state.value, "not_after": "2027-09-01T00:00:00Z"}
    rewrite(path, twice(**members, **({"k": None} if is_gone else {})))
    ring = load_ring(path, RingName.KEK)
    assert ring.active().id == ring.keys[0].id
    assert ring.keys[1].not_after == datetime(2027, 9, 1, tzinfo=UTC)
    assert ring.keys[1].material == (b"" if is_gone else b"2" * 32)
    if state in (KeyState.PRE_ACTIVE, KeyState.DECRYPT_ONLY):
        assert ring.get(0x2A) is ring.keys[1]
    else:
        with pytest.raises(RingError, match=r"^ring\.state: 0000002a$"):
            ring.get(0x2A)


def test_a_key_that_is_not_in_the_ring_is_named_by_its_id(path: Path) -> None:
    ring = load_ring(path, RingName.KEK)
    with pytest.raises(RingError, match=r"^ring\.unknown: 0000002a$"):
        ring.get(0x2A)
    with pytest.raises(RingError, match=r"^ring\.active: kek token$"):
        ring.active("token")
