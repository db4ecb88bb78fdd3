"""A programme is data with a digest; a slip in it is told by its place and stops the start."""

import hashlib
from datetime import date

import pytest

from policies.completeness import item_findings
from policies.facts import Absence, Decision, EvidenceLevel, Field, FormKind
from policies.findings import Code
from policies.programme import PROGRAMMES, ProgrammeError, Subject, load_programme, read_programme
from tests.factories import items

SLUGS = sorted(path.stem for path in PROGRAMMES.glob("*.toml"))
CHILD, OWN, PUPIL = FormKind.CHILD, FormKind.GUARDIAN_OWN, FormKind.PUPIL_OWN


def source(slug="mesh-2020"):
    return (PROGRAMMES / f"{slug}.toml").read_text()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_programme_is_read_and_digested(slug):
    programme = load_programme(slug)
    assert programme.digest == hashlib.sha256(source(slug).encode()).hexdigest()
    assert programme.needs_agreement <= programme.evidence
    assert EvidenceLevel.CHECKBOX not in programme.evidence


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
def test_the_letter_of_2020_asks_by_age(age, forms):
    assert load_programme("mesh-2020").required_forms(age) == forms


def test_the_recipient_has_a_legal_name_and_not_a_brand():
    recipient = load_programme("mesh-2020").recipient
    assert "Департамент" in recipient.name
    assert "МЭШ" not in recipient.name
    assert recipient.address


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


def test_items_know_the_birth_date_or_that_it_is_unknown():
    assert items(born=date(2015, 3, 8)).birth_date == date(2015, 3, 8)
    assert items(born=None).birth_date is None


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param('slug = "mesh-2020"', 'slug = "mesh"', "slug", id="another slug"),
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


def test_texts_are_pinned_by_their_digests():
    programme = load_programme("mesh-2020")
    digests = {(slug, "1"): slug[0] * 64 for slug in ("child", "guardian_own", "pupil_own")}
    digests |= {("refusal", "1"): "r" * 64, ("withdrawal", "1"): "w" * 64}
    pinned = programme.with_text_digests(digests)
    assert pinned.forms[OWN].text_digest == "g" * 64
    assert pinned.statements[Decision.WITHDRAWN].text_digest == "w" * 64
    assert programme.forms[OWN].text_digest is None
    assert pinned.digest == programme.digest
