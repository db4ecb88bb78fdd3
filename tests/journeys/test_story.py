"""The eight steps of the main job, told by what they left behind on each engine."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from examples.demo.auditing import flip_bit, verify
from examples.demo.outbox import Outbox
from examples.demo.show import Show
from examples.platform_client.opening import check_counts, check_schema
from tests.journeys.roster import ITEMS, pupils_of

pytestmark = pytest.mark.timeout(900)  # a whole performance, maybe on a busy machine


@pytest.fixture(scope="module")
def bundle(show: Show) -> dict[str, Any]:
    """As the platform decrypted it."""
    found: dict[str, Any] = json.loads((show.folder / "platform" / "bundle.json").read_text())
    return found


@pytest.fixture(scope="module")
def summary(show: Show) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((show.folder / "summary.json").read_text())
    return found


def test_1_home_has_four_rings_and_passwords_lie_nowhere(show: Show) -> None:
    assert sorted(p.name for p in (show.home / "keys").iterdir()) == [
        "audit.ring",
        "index.ring",
        "jose.ring",
        "kek.ring",
    ]
    secrets = [word.encode() for word in show.stage.passwords.values()]
    for path in show.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word in content for word in secrets), path


def test_2_everybody_of_the_list_is_in_the_register_once(
    show: Show, summary: dict[str, Any]
) -> None:
    listed = pupils_of("school_28")
    guardians = {g["snils"] for pupil in listed for g in pupil["representatives"]}
    assert summary["pupils"] == len(show.pupils) == len(listed)
    assert summary["guardians"] == len(guardians)
    assert {p.person.items["snils"] for p in show.pupils} == {p["snils"] for p in listed}


def test_2_nobody_of_the_cancelled_list_is_in_the_register(show: Show) -> None:
    cancelled = {p["email"] for p in pupils_of("class_7a_28")} - {None}
    assert cancelled.isdisjoint(p.person.email for p in show.pupils)
    assert "7А" not in {p.class_name for p in show.pupils}


def test_3_each_family_got_one_letter_with_its_own_link(show: Show) -> None:
    outbox = Outbox(show.home / "outbox", patience_seconds=0)
    links = [outbox.link(sitting.person.email) for sitting in show.sittings.values()]
    assert len(set(links)) == len(show.sittings)


def test_3_mother_of_two_classes_is_one_person(show: Show, bundle: dict[str, Any]) -> None:
    mother = show.cast.mother_of_two_classes
    assert mother is not None
    sent = [p for p in bundle["pupils"] if mother.id in {g["id"] for g in p["guardians"]}]
    assert len({p["class"] for p in sent}) > 1
    assert [g["id"] for g in bundle["guardians"]].count(mother.id) == 1


def test_3_who_said_no_is_nowhere_in_the_bundle(show: Show, bundle: dict[str, Any]) -> None:
    text = json.dumps(bundle, ensure_ascii=False)
    for pupil in show.cast.on_paper_diary:
        assert pupil.id not in text
        assert pupil.person.items["snils"] not in text


def test_3_paper_counts_as_much_as_the_link(show: Show, bundle: dict[str, Any]) -> None:
    assert show.cast.paper is not None
    (sent,) = [p for p in bundle["pupils"] if p["id"] == show.cast.paper.id]
    assert {c["evidence"] for c in sent["consents"]} == {"PAPER_ORIGINAL"}


def test_3_adult_pupils_go_without_representatives(show: Show, bundle: dict[str, Any]) -> None:
    adults = {p.id for p in show.pupils if p.person.age(show.today) >= 18}
    for sent in bundle["pupils"]:
        assert (sent["guardians"] == []) is (sent["id"] in adults)
        if sent["id"] in adults:
            assert [c["document"] for c in sent["consents"]] == ["pupil_own"]


def test_4_receipts_were_given_for_yes_no_and_withdrawal(show: Show) -> None:
    names = {p.name for p in (show.folder / "receipts").iterdir()}
    assert names == {
        f"{kind}.{form}" for kind in ("consent", "refusal", "withdrawal") for form in ("jws", "pdf")
    }


def test_5_numbers_add_up_to_the_whole_school(summary: dict[str, Any]) -> None:
    parts = ("ready", "refused", "disputed", "left_out")
    assert sum(summary[part] for part in parts) == summary["pupils"]
    assert summary["released"] == summary["ready"] - 1
    assert summary["revision"] == 2


def test_6_bundle_tells_of_each_person_what_the_list_told(bundle: dict[str, Any]) -> None:
    listed = pupils_of("school_28")
    meant = {p["snils"]: p for p in listed}
    meant |= {g["snils"]: g for p in listed for g in p["representatives"]}
    for sent in (*bundle["pupils"], *bundle["guardians"]):
        person = meant[sent["items"]["snils"]]
        assert sent["items"] == {item: person[item] for item in ITEMS if person.get(item)}
        if "class" in sent:
            assert sent["class"] == person["class"]


def test_6_bundle_keeps_to_its_schema_and_every_class_is_whole(
    show: Show, bundle: dict[str, Any]
) -> None:
    check_schema(bundle)
    check_counts(bundle)
    classes = {c["class"]: c["enrolled"] for c in bundle["counts"]["classes"]}
    assert classes == Counter(p["class"] for p in pupils_of("school_28"))


def test_6_what_came_is_what_was_announced(show: Show, summary: dict[str, Any]) -> None:
    content = (show.folder / "platform" / "bundle.jwe").read_bytes()
    assert hashlib.sha256(content).hexdigest() == summary["bundle_sha256"]


def test_7_everybody_who_was_sent_for_one_child_is_recalled(
    show: Show, summary: dict[str, Any], bundle: dict[str, Any]
) -> None:
    assert show.cast.leaves_late is not None
    assert show.cast.leaves_late.id in {p["id"] for p in bundle["pupils"]}
    assert summary["recalled"] == 1 + len(show.cast.leaves_late.guardians)


def test_8_journal_is_whole_and_every_flipped_bit_is_found(
    show: Show, summary: dict[str, Any]
) -> None:
    pack, vkey = show.folder / "journal.auditpack", show.folder / "journal.vkey"
    code, report = verify(pack, vkey, show.folder / "journal.checkpoint")
    assert (code, report["events"]) == (0, summary["journal_entries"])
    broken = show.folder / "broken.auditpack"
    broken.write_bytes(flip_bit(pack.read_bytes()))
    assert verify(broken, vkey)[0] == 1
    broken.unlink()


def test_the_story_is_told_in_eight_steps(show: Show) -> None:
    told = show.tell.console.file.getvalue()  # type: ignore[attr-defined]
    assert [f"Шаг {n}." in told for n in range(1, 9)] == [True] * 8
