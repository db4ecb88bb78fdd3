"""A programme is data with a digest; a slip in it is told by its place and stops the start."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest

from policies.completeness import item_findings
from policies.facts import Absence, Decision, EvidenceLevel, Field, FormKind
from policies.findings import Code
from policies.programme import (
    PROGRAMMES,
    ProgrammeError,
    Subject,
    load_programme,
    pinned_programme,
    published,
    read_programme,
)
from tests.factories import items

SLUGS = ["mesh-2020", "moya-shkola-2023"]
CHILD, OWN, PUPIL = FormKind.CHILD, FormKind.GUARDIAN_OWN, FormKind.PUPIL_OWN


def source(slug="mesh-2020"):
    return (PROGRAMMES / slug / "1.toml").read_text()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_programme_is_read_and_digested(slug):
    programme = load_programme(slug)
    assert programme.digest == hashlib.sha256(source(slug).encode()).hexdigest()
    assert programme.needs_agreement <= programme.evidence
    assert EvidenceLevel.CHECKBOX not in programme.evidence


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("age", "forms"),
    [
        pytest.param(6, {CHILD, OWN}, id="6"),
        pytest.param(13, {CHILD, OWN}, id="13"),
        pytest.param(14, {CHILD, OWN, PUPIL}, id="14"),
        pytest.param(17, {CHILD, OWN, PUPIL}, id="17"),
        pytest.param(18, {PUPIL}, id="18"),
    ],
)
def test_both_letters_ask_by_age(age, forms, slug):
    assert load_programme(slug).required_forms(age) == forms


def test_an_account_of_the_federal_system_lives_without_a_telephone():
    rules = load_programme("moya-shkola-2023")
    for subject in Subject:
        assert Field.PHONE not in {rule.field for rule in rules.items[subject]}
        assert Field.PHONE in {rule.field for rule in load_programme("mesh-2020").items[subject]}


@pytest.mark.parametrize(
    ("subject", "age", "changes", "expected"),
    [
        pytest.param(Subject.PUPIL, 10, {}, [], id="complete"),
        pytest.param(
            Subject.PUPIL,
            10,
            {"without": (Field.EMAIL,)},
            [(Code.ITEM_MISSING, Field.EMAIL)],
            id="no e-mail",
        ),
        pytest.param(
            Subject.PUPIL,
            10,
            {"absent": {Field.EMAIL: Absence.NO_EMAIL}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.EMAIL)],
            id="an account needs an e-mail",
        ),
        pytest.param(
            Subject.PUPIL,
            10,
            {"absent": {Field.SNILS: Absence.FOREIGN}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.SNILS)],
            id="the platform finds by SNILS",
        ),
        pytest.param(
            Subject.PUPIL,
            13,
            {"absent": {Field.PHONE: Absence.NO_DEVICE}},
            [],
            id="no phone at 13",
        ),
        pytest.param(
            Subject.PUPIL,
            14,
            {"absent": {Field.PHONE: Absence.NO_DEVICE}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.PHONE)],
            id="no phone at 14",
        ),
        pytest.param(
            Subject.PUPIL,
            None,
            {"absent": {Field.PHONE: Absence.NO_DEVICE}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.PHONE)],
            id="no phone at an unknown age",
        ),
        pytest.param(
            Subject.PUPIL,
            None,
            {"absent": {Field.PATRONYMIC: Absence.NONE_BY_LAW}},
            [],
            id="no patronymic by law",
        ),
        pytest.param(
            Subject.PUPIL,
            10,
            {"absent": {Field.PATRONYMIC: Absence.NO_DEVICE}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.PATRONYMIC)],
            id="a reason that does not fit",
        ),
        pytest.param(
            Subject.PUPIL,
            10,
            {"without": (Field.PATRONYMIC,)},
            [(Code.ITEM_MISSING, Field.PATRONYMIC)],
            id="an unexplained patronymic",
        ),
        pytest.param(
            Subject.GUARDIAN,
            None,
            {"absent": {Field.PHONE: Absence.NO_DEVICE}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.PHONE)],
            id="a guardian needs a phone",
        ),
        pytest.param(
            Subject.GUARDIAN,
            None,
            {"family_name": ""},
            [(Code.ITEM_MISSING, Field.FAMILY_NAME)],
            id="an empty value is none",
        ),
    ],
)
def test_the_programme_says_which_absence_will_do(subject, age, changes, expected):
    found = item_findings(items(**changes), subject, load_programme("mesh-2020"), age)
    assert [(finding.code, finding.field) for finding in found] == expected


@pytest.mark.parametrize(
    ("subject", "age", "changes", "expected"),
    [
        pytest.param(Subject.PUPIL, 10, {}, [], id="complete"),
        pytest.param(Subject.PUPIL, 14, {"without": (Field.PHONE,)}, [], id="no phone at 14"),
        pytest.param(
            Subject.PUPIL,
            7,
            {"absent": {Field.EMAIL: Absence.NO_EMAIL}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.EMAIL)],
            id="an e-mail of one's own at 7",
        ),
        pytest.param(
            Subject.PUPIL,
            18,
            {"absent": {Field.SNILS: Absence.NOT_ISSUED}},
            [(Code.ABSENCE_NOT_ACCEPTED, Field.SNILS)],
            id="the system finds by SNILS",
        ),
        pytest.param(
            Subject.GUARDIAN,
            None,
            {"absent": {Field.EMAIL: Absence.NO_EMAIL}, "without": (Field.PHONE,)},
            [],
            id="a guardian without contacts",
        ),
        pytest.param(
            Subject.GUARDIAN,
            None,
            {"without": (Field.EMAIL,)},
            [(Code.ITEM_MISSING, Field.EMAIL)],
            id="an unexplained e-mail",
        ),
    ],
)
def test_the_second_programme_asks_for_less(subject, age, changes, expected):
    found = item_findings(items(**changes), subject, load_programme("moya-shkola-2023"), age)
    assert [(finding.code, finding.field) for finding in found] == expected


def test_items_know_the_birth_date_or_that_it_is_unknown():
    assert items(born=date(2015, 3, 8)).birth_date == date(2015, 3, 8)
    assert items(born=None).birth_date is None


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param('slug = "mesh-2020"', 'slug = "mesh"', "slug", id="another slug"),
        pytest.param('version = "1"', 'version = "2"', "version", id="another version"),
        pytest.param("[recipient]\n", "[recipient]\nbrand = 1\n", "recipient.brand", id="unknown"),
        pytest.param("\n[recipient]", "\ncolour = 1\n[recipient]", "colour", id="unknown on top"),
        pytest.param('name = "Депар', '# name = "Депар', "recipient.name", id="no legal name"),
        pytest.param('name = "Департамент', 'name = " "\n# ', "recipient.name", id="blank name"),
        pytest.param("[recipient]", "recipient = 1\n[other]", "recipient", id="no table"),
        pytest.param("until_age = 18", "until_age = 14", "ages[2].until_age", id="ages go back"),
        pytest.param("until_age = 18", "until_age = true", "ages[2].until_age", id="no number"),
        pytest.param(
            '[[ages]]\nforms = ["pupil_own"]',
            '[[ages]]\nuntil_age = 99\nforms = ["pupil_own"]',
            "ages[3].until_age",
            id="the last band is closed",
        ),
        pytest.param(
            '[[ages]]\nforms = ["pupil_own"]',
            "[[ages]]\nforms = []",
            "ages[3].forms",
            id="nobody signs",
        ),
        pytest.param(
            '[[ages]]\nforms = ["pupil_own"]',
            '[[ages]]\nforms = ["pupil_own", "guardian_own"]',
            "ages[3].forms",
            id="a guardian without a child's form",
        ),
        pytest.param(
            '[[ages]]\nforms = ["pupil_own"]',
            '[[ages]]\nforms = ["pupil"]',
            "ages[3].forms",
            id="no such form",
        ),
        pytest.param(
            'accepted = ["PAPER_ORIGINAL",', 'accepted = [1, "PAPER_ORIGINAL",', "evidence.accepted"
        ),
        pytest.param('accepted = ["PAPER_ORIGINAL", ', 'accepted = "all" # ', "evidence.accepted"),
        pytest.param(
            'needs_agreement = ["LOCAL_PEP"]',
            'needs_agreement = ["CHECKBOX"]',
            "evidence.needs_agreement",
            id="agreement on what is not accepted",
        ),
        pytest.param(
            'needs_agreement = ["LOCAL_PEP"]',
            'needs_agreement = ["LOCAL_PEP", "LOCAL_PEP"]',
            "evidence.needs_agreement",
            id="twice",
        ),
        pytest.param(
            '[[items.pupil]]\nfield = "snils"',
            '[[items.pupil]]\nfield = "email"',
            "items.pupil[6].field",
            id="an item twice",
        ),
        pytest.param(
            '[[items.pupil]]\nfield = "birth_date"\n', "", "items.pupil", id="no birth date"
        ),
        pytest.param(
            '[[items.pupil]]\nfield = "birth_date"\n',
            '[[items.pupil]]\nfield = "birth_date"\naccepts = [{ absence = "foreign" }]\n',
            "items.pupil",
            id="a birth date that may be absent",
        ),
        pytest.param(
            'accepts = [{ absence = "no_device", until_age = 14 }]',
            "accepts = [14]",
            "items.pupil[7].accepts[1]",
            id="an acceptance is no table",
        ),
        pytest.param(
            'accepts = [{ absence = "no_device", until_age = 14 }]',
            'accepts = "any"',
            "items.pupil[7].accepts",
            id="acceptances are no list",
        ),
        pytest.param('child = { slug = "child"', 'kid = { slug = "child"', "forms.child"),
        pytest.param("session_minutes = 30", "session_minutes = 0", "terms.session_minutes"),
        pytest.param("session_minutes = 30", "session = 30", "terms.session_minutes"),
    ],
)
def test_a_slip_is_told_by_its_place(old, new, place):
    assert source().count(old) >= 1
    with pytest.raises(ProgrammeError) as told:
        read_programme("mesh-2020", source().replace(old, new, 1).encode())
    assert told.value.place == place
    assert "mesh-2020" in str(told.value)


@pytest.mark.parametrize("data", [b"= 1", b"\xff"], ids=["not TOML", "not UTF-8"])
def test_a_broken_file_is_refused(data):
    with pytest.raises(ProgrammeError, match="not TOML"):
        read_programme("mesh-2020", data)


@pytest.mark.parametrize("slug", ["nothing", "../programmes/mesh-2020", ""])
def test_an_unknown_programme_is_refused(slug):
    with pytest.raises(ProgrammeError, match="no such programme"):
        load_programme(slug)


@pytest.fixture
def shelf(tmp_path):
    """A copy of the published programmes that a test may spoil."""
    return Path(shutil.copytree(PROGRAMMES, tmp_path / "programmes"))


def publish(shelf, version, text):
    """Put a version of mesh-2020 on the shelf, with its pin."""
    (shelf / "mesh-2020" / f"{version}.toml").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with (shelf / "pins.toml").open("a") as pins:
        pins.write(f'mesh-2020."{version}" = "{digest}"\n')


def test_versions_stand_beside_each_other_and_the_newest_opens_collections(shelf):
    for version in ("2", "10"):
        publish(shelf, version, source().replace('version = "1"', f'version = "{version}"'))
    mesh = [each.version for each in published(shelf) if each.slug == "mesh-2020"]
    assert mesh == ["1", "2", "10"]
    assert load_programme("mesh-2020", shelf).version == "10"
    first = load_programme("mesh-2020")
    assert pinned_programme("mesh-2020", first.digest, shelf).version == "1"


@pytest.mark.parametrize(
    ("slug", "digest"),
    [("mesh-2020", "0" * 64), ("moya-shkola-2023", load_programme("mesh-2020").digest)],
    ids=["a digest of nothing", "a digest of another"],
)
def test_a_collection_gets_no_other_rules_than_its_own(slug, digest):
    with pytest.raises(ProgrammeError, match=f"{slug}.*no published version"):
        pinned_programme(slug, digest)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(
            lambda s: (s / "mesh-2020/1.toml").write_text(source() + "\n"),
            "mesh-2020: the file: version 1 changed after it was published",
            id="a byte more",
        ),
        pytest.param(
            lambda s: (s / "mesh-2020/1.toml").unlink(), "version 1 is pinned, but not", id="lost"
        ),
        pytest.param(
            lambda s: (s / "mesh-2020/2.toml").write_text(
                source().replace('version = "1"', 'version = "2"')
            ),
            "version 2 is not pinned",
            id="a draft",
        ),
        pytest.param(
            lambda s: (s / "mesh-2020/1.toml.bak").write_text(source()), "not called", id="a copy"
        ),
        pytest.param(
            lambda s: (s / "mesh-2020/02.toml").write_text(source()), "not called", id="a nought"
        ),
        pytest.param(
            lambda s: (s / "mesh-2020/3.toml").mkdir(), "not called", id="a folder for a file"
        ),
        pytest.param(lambda s: (s / "pins.toml").unlink(), "pins.toml.*cannot be", id="no pins"),
        pytest.param(lambda s: (s / "pins.toml").write_text("a = 1"), "cannot be", id="odd pins"),
    ],
)
def test_published_rules_never_change(shelf, harm, says):
    harm(shelf)
    with pytest.raises(ProgrammeError, match=says):
        published(shelf)


def test_texts_are_pinned_by_their_digests():
    programme = load_programme("mesh-2020")
    digests = {(slug, "1"): slug[0] * 64 for slug in ("child", "guardian_own", "pupil_own")}
    digests |= {("refusal", "1"): "r" * 64, ("withdrawal", "1"): "w" * 64}
    pinned = programme.with_text_digests(digests)
    assert pinned.forms[OWN].text_digest == "g" * 64
    assert pinned.statements[Decision.WITHDRAWN].text_digest == "w" * 64
    assert programme.forms[OWN].text_digest is None
    assert pinned.digest == programme.digest
