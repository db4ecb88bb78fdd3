"""Where work begins: classes and the class desk."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from policies.permissions import Role
from tests.gateway.web.pages.school.conftest import Desks
from tests.town import Child, Town

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ёлка"))
OTHER = (Child(3, class_name="8Б", guardians=(103,), born=date(2014, 5, 1)),)


@pytest.fixture
def listed(desks: Desks) -> Desks:
    """Two pupils in 7А and one in 8Б; nobody has answered."""
    desks.town.import_children([*CLASS, *OTHER])
    return desks


def test_a_tutor_of_one_class_begins_at_its_desk(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    told = tutor.open("/school")
    assert tutor.page.request.path == listed.desk()
    assert "осталось 14 дней" in told
    assert "Не решили 2 из 2" in told
    assert "8Б" not in told


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.DIRECTOR], ids=str)
def test_those_above_classes_see_all_of_them(listed: Desks, role: Role):
    told = listed.of(role).open("/school")
    assert "7А 2 2" in told
    assert "8Б 1 1" in told


def test_a_foreign_class_is_not_there_for_a_tutor(listed: Desks):
    listed.of(Role.TUTOR).open(listed.desk("8Б"), 404)


def test_a_foreign_school_is_not_there_for_anybody(listed: Desks):
    other = Town(listed.wiring, number=29)
    with other.by(Role.REGISTRAR) as unit:
        foreign = next(iter(unit.schools.class_names(other.school_id)))
    registrar = listed.of(Role.REGISTRAR)
    registrar.open(f"/school/{other.collection_id}", 404)
    registrar.open(f"{listed.collection}/classes/{foreign}", 404)
    registrar.open(f"{listed.collection}/classes/{uuid4()}", 404)
