"""A published text never changes, and the product does not start on anything else."""

from __future__ import annotations

import hashlib
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from consent_forms.catalogue import TEXTS, Catalogue, CatalogueError, read_pins, text_digest
from consent_forms.pinning import unpinned
from policies.facts import Decision, FormKind


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEXTS, tmp_path / "texts"))


def change_a_byte(texts: Path, name: str) -> None:
    path = texts / "child" / "1" / name
    path.write_bytes(path.read_bytes() + b"\n")


def drop_pin(texts: Path) -> None:
    pins = texts / "pins.toml"
    lines = pins.read_text().splitlines(keepends=True)
    pins.write_text("".join(line for line in lines if not line.startswith("child")))


def pin_again(texts: Path) -> None:
    """Publish what lies there now, as somebody would who edits text and pin together."""
    pins = texts / "pins.toml"
    old = read_pins(texts)["child", "1"]
    pins.write_text(pins.read_text().replace(old, text_digest(texts / "child" / "1")))


def edit(texts: Path, name: str, old: str, new: str) -> None:
    path = texts / "child" / "1" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    pin_again(texts)


def test_every_published_text_is_found_under_its_version(catalogue: Catalogue):
    given, refused, withdrawn = Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN
    assert {(form.slug, form.version): form.decision for form in catalogue.all()} == {
        **{(slug, "1"): given for slug in ("child", "guardian_own", "pupil_own")},
        **{(slug, "1"): given for slug in ("child_account", "guardian_account", "pupil_account")},
        **{(slug, "1"): refused for slug in ("refusal", "refusal_account")},
        **{(slug, "1"): withdrawn for slug in ("withdrawal", "withdrawal_account")},
    }
    assert catalogue.get("child", "1").kinds == (FormKind.CHILD,)
    assert catalogue.get("refusal", "1").kinds == tuple(FormKind)


def test_a_text_that_was_never_published_is_refused(catalogue: Catalogue):
    with pytest.raises(CatalogueError, match="child/2"):
        catalogue.get("child", "2")


def test_digest_frames_both_files_with_their_lengths():
    toml = (TEXTS / "child/1/form.toml").read_bytes()
    html = (TEXTS / "child/1/ru.html").read_bytes()
    framed = b"sg/text/1\0"
    for part in (toml, html):
        framed += struct.pack(">I", len(part)) + part
    assert text_digest(TEXTS / "child" / "1") == hashlib.sha256(framed).hexdigest()


def test_moving_a_byte_from_one_file_to_the_other_changes_the_digest(tmp_path: Path):
    for name, toml, html in (("a", b"xy", b"z"), ("b", b"x", b"yz")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "form.toml").write_bytes(toml)
        (folder / "ru.html").write_bytes(html)
    assert text_digest(tmp_path / "a") != text_digest(tmp_path / "b")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(lambda t: change_a_byte(t, "ru.html"), "child/1: changed", id="html byte"),
        pytest.param(lambda t: change_a_byte(t, "form.toml"), "child/1: changed", id="toml byte"),
        pytest.param(drop_pin, "child/1: not pinned", id="pin lost"),
        pytest.param(lambda t: shutil.rmtree(t / "child"), "child/1: pinned, but", id="text lost"),
        pytest.param(
            lambda t: shutil.copytree(t / "child/1", t / "child/2"),
            "child/2: not pinned",
            id="new version without a pin",
        ),
        pytest.param(
            lambda t: (t / "child/1/en.html").write_text(""), "child/1: must hold", id="third file"
        ),
        pytest.param(lambda t: (t / "child/1/ru.html").unlink(), "child/1: must", id="file lost"),
        pytest.param(lambda t: (t / "pins.toml").unlink(), "pins.toml", id="no pins"),
        pytest.param(lambda t: (t / "pins.toml").write_text("child = 1"), "pins.toml", id="pins"),
        pytest.param(
            lambda t: edit(t, "form.toml", 'version = "1"', 'version = "2"'),
            "child/1: calls itself child/2",
            id="says another version",
        ),
        pytest.param(
            lambda t: edit(t, "form.toml", "purpose_group", "purpose_grouping"),
            "child/1: form.toml is not understood",
            id="key lost",
        ),
        pytest.param(
            lambda t: edit(t, "ru.html", "{{ signer.address | line }}", ""),
            "child/1: ELEMENT_INCOMPLETE representative",
            id="pinned, but without the address of the signer",
        ),
        pytest.param(
            lambda t: edit(t, "ru.html", "{{ signer.address | line }}", "{{ nobody.address }}"),
            "child/1: PLACEHOLDER_UNKNOWN -",
            id="pinned, but with an unknown name",
        ),
    ],
)
def test_refuses_to_start(texts: Path, harm: Callable[[Path], object], says: str):
    harm(texts)
    with pytest.raises(CatalogueError, match=says):
        Catalogue.load(texts)


def test_nothing_that_is_published_waits_for_a_pin():
    assert unpinned() == []
