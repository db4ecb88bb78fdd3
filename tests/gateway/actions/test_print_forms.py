"""Blanks of a class and of a pupil: whose, what is filled in, and who may print them."""

from __future__ import annotations

from datetime import date
from html import unescape
from uuid import UUID

import pytest

from audit import journal
from gateway.actions.print_forms import PART_PUPILS, Part, class_parts, print_class, print_pupil
from gateway.errors import BadInput, NotAllowed, NotFound, TooLate
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.town import DETAILS, Child, Town

GROWN = date(2011, 3, 8)
LINE = '<span class="line"></span>'


@pytest.fixture
def town(wiring: Wiring) -> Town:
    """Two pupils of 7А under 14, the second with two guardians, and one of 15 in 8Б."""
    town = Town(wiring)
    town.import_children(
        [
            Child(1, guardians=(101,)),
            Child(2, guardians=(102, 103), name="Ёся"),
            Child(3, class_name="8Б", guardians=(104,), born=GROWN, name="Ян"),
        ]
    )
    return town


def class_id(town: Town, name: str = "7А") -> UUID:
    with town.by(Role.REGISTRAR) as unit:
        names = unit.schools.class_names(town.school_id)
    return next(key for key, known in names.items() if known == name)


def of_class(town: Town, name: str = "7А", role: Role = Role.REGISTRAR, part: int = 1) -> list[str]:
    wanted = class_id(town, name)
    with town.by(role) as unit:
        made = print_class(unit, town.collection_id, wanted, part, town.wiring.host)
    return [unescape(html.decode()) for html in made]


def of_pupil(town: Town, number: int, role: Role = Role.REGISTRAR) -> list[str]:
    pupil_id = town.person(number)
    with town.by(role) as unit:
        made = print_pupil(unit, town.collection_id, pupil_id, town.wiring.host)
    return [unescape(html.decode()) for html in made]


def kinds(documents: list[str]) -> list[str]:
    """What each is: `yes` or `no`, and on whose data."""
    found = []
    for html in documents:
        says = "no" if "<h1>Отказ" in html else "yes"
        is_child = "данных ребёнка не даю" in html or "передать ли данные вашего ребёнка" in html
        found.append(f"{says}:{'child' if is_child else 'own'}")
    return found


def test_a_silent_family_gets_consent_and_refusal_on_the_child_and_on_the_guardian(town: Town):
    made = of_class(town)
    assert kinds(made) == ["yes:child", "no:child", "yes:own", "no:own"] * 2
    assert "Ёлкина Ева Юрьевна" in made[0]
    assert "Ёлкина Ёся Юрьевна" in made[4]


def test_a_pupil_of_fourteen_gets_a_form_of_their_own(town: Town):
    made = of_class(town, "8Б")
    assert kinds(made) == ["yes:own", "no:own", "yes:child", "no:child", "yes:own", "no:own"]
    assert "Ёлкина Ян Юрьевна" in made[0]


def test_of_two_guardians_the_class_prints_for_one_and_the_pupil_for_both(town: Town):
    assert len(of_class(town)) == 8
    assert kinds(of_pupil(town, 2)) == ["yes:child", "no:child", "yes:own", "no:own"] * 2


def test_a_blank_is_filled_with_the_register_and_the_rest_are_lines(town: Town):
    consent, refusal = of_pupil(town, 1)[:2]
    for html in (consent, refusal):
        assert "Ёлкина Ольга Петровна" in html
        assert "Муниципальное общеобразовательное учреждение" in html
        assert f"{LINE}<small>подпись</small>" in html
        assert f"{LINE}<small>дата</small>" in html
        assert DETAILS.address not in html
    assert consent.count(f"<dt>Адрес</dt><dd>{LINE}</dd>") == 2
    assert consent.count(f"<dt>Документ, удостоверяющий личность</dt><dd>{LINE * 2}</dd>") == 2
    assert "person1@example.org" in consent
    assert "person1@example.org" not in refusal


def test_who_has_answered_is_not_printed_for(town: Town):
    town.agree_on_signature()
    town.answer(town.ask_of(town.person(101), FormKind.CHILD))
    town.answer(town.ask_of(town.person(102), FormKind.CHILD), Decision.REFUSED)
    assert kinds(of_class(town)) == ["yes:own", "no:own"]


def test_what_siblings_share_is_printed_once(wiring: Wiring):
    town = Town(wiring)
    town.import_children([Child(n, guardians=(101,), name=f"Ева{'а' * n}") for n in (1, 2)])
    own = ["yes:own", "no:own"]
    assert kinds(of_class(town)) == ["yes:child", "no:child", *own, "yes:child", "no:child"]


def test_nothing_to_print_is_said(town: Town):
    town.agree_on_signature()
    town.answer_everything()
    with pytest.raises(BadInput, match="forms_none"):
        of_class(town)
    with pytest.raises(BadInput, match="forms_none"):
        of_pupil(town, 1)


def parts_of(town: Town, role: Role = Role.REGISTRAR) -> list[Part]:
    wanted = class_id(town)
    with town.by(role) as unit:
        return class_parts(unit, town.collection_id, wanted)


def test_a_class_is_printed_in_parts_which_an_answer_does_not_move(wiring: Wiring):
    town, letters = Town(wiring), "АБВГДЕЖЗИКЛМ"
    town.import_children(
        [Child(n, guardians=(100 + n,), name=f"{letter}на") for n, letter in enumerate(letters, 1)]
    )
    count = len(letters)
    first, second = Part(1, 1, PART_PUPILS, PART_PUPILS), Part(2, PART_PUPILS + 1, count, 2)
    assert parts_of(town) == [first, second]
    printed = of_class(town, part=2)
    assert len(printed) == 8
    assert "Ёлкина Лна Юрьевна" in printed[0]
    assert "Ёлкина Мна Юрьевна" in printed[4]

    town.agree_on_signature()
    for guardian, about in ((101, FormKind.CHILD), (101, FormKind.GUARDIAN_OWN)):
        town.answer(town.ask_of(town.person(guardian), about))
    assert parts_of(town) == [Part(1, 1, PART_PUPILS, PART_PUPILS - 1), second]
    assert of_class(town, part=2) == printed


@pytest.mark.parametrize("part", [-1, 0, 2, 10**9])
def test_a_part_that_is_not_there_is_nothing_to_print(town: Town, part: int):
    with pytest.raises(BadInput, match="forms_none"):
        of_class(town, part=part)


def test_nothing_is_printed_after_the_deadline(town: Town, clock: Clock):
    clock.forward(days=15)
    with pytest.raises(TooLate):
        of_class(town)
    with pytest.raises(TooLate):
        of_pupil(town, 1)


def test_a_tutor_prints_for_own_classes_alone(town: Town):
    assert of_class(town, role=Role.TUTOR)
    assert of_pupil(town, 1, Role.TUTOR)
    assert parts_of(town, Role.TUTOR)
    with pytest.raises(NotAllowed):
        of_class(town, "8Б", Role.TUTOR)
    with pytest.raises(NotFound):
        of_pupil(town, 3, Role.TUTOR)


def test_another_school_prints_nothing_of_ours(town: Town, wiring: Wiring):
    other = Town(wiring, number=29)
    pupil, ours = town.person(1), class_id(town)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        print_class(unit, other.collection_id, ours, 1, wiring.host)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        print_pupil(unit, other.collection_id, pupil, wiring.host)


def test_printing_is_a_read_that_stands_in_the_journal(town: Town):
    of_class(town, role=Role.TUTOR)
    of_pupil(town, 1, Role.TUTOR)
    with town.by(Role.REGISTRAR) as unit:
        reads = ("class.read", "person.read")
        one, whole = journal.latest(unit.connection, town.school_id, reads, 2)
    assert (one.kind, one.data["purpose"]) == ("person.read", "forms")
    assert (whole.kind, whole.data["purpose"], whole.data["pupils"]) == ("class.read", "forms", 2)
    assert whole.actor.ref == one.actor.ref == town.staff[Role.TUTOR]


def test_on_the_last_day_there_is_still_paper(town: Town, clock: Clock):
    clock.forward(days=14)
    assert of_class(town)
