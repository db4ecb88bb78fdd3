"""Letters to families, from the class desk."""

from __future__ import annotations

from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.pages.school.conftest import Desks
from tests.town import Child

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ёся"))


def test_one_real_letter_is_shown_before_any_is_sent(desks: Desks):
    desks.town.import_children(CLASS)
    tutor = desks.of(Role.TUTOR)
    told = tutor.open(f"{desks.desk()}/invitations")
    assert "2 напишем на почту" in told
    assert "О ком: " in told
    assert "Ёлкина" not in told
    assert "/p/…" in told
    assert "Отправлено: 2 письма" in tutor.send(f"{desks.desk()}/invitations")


def test_nobody_is_written_to_twice_within_a_day(desks: Desks):
    desks.town.import_children(CLASS)
    tutor = desks.of(Role.TUTOR)
    path = f"{desks.desk()}/invitations"
    tutor.open(path)
    tutor.send(path)
    told = tutor.open(path)
    assert "2 писали меньше суток назад" in told
    assert "Последнее письмо ушло 1 сентября 2026 года, 19:00" in told
    tutor.open(desks.desk())
    assert "Отправлено: 0 писем" in tutor.send(path)


def test_a_director_writes_to_nobody(desks: Desks):
    desks.town.import_children(CLASS)
    desks.of(Role.DIRECTOR).open(f"{desks.desk()}/invitations", 403)


def test_the_page_says_that_letters_of_the_night_go_in_the_morning(desks: Desks, clock: Clock):
    desks.town.import_children(CLASS)
    tutor = desks.of(Role.TUTOR)
    clock.forward(hours=2)
    told = tutor.open(f"{desks.desk()}/invitations")
    assert "Письма уйдут 2 сентября 2026 года, 09:00" in told
