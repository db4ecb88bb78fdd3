"""Duties are apart: nobody decides alone what two must decide."""

import pytest

from policies.permissions import ALLOWED, Permission, Role, allowed


def test_every_permission_has_its_row_and_every_role_its_use():
    assert set(ALLOWED) == set(Permission)
    assert all(ALLOWED.values())
    assert {role for roles in ALLOWED.values() for role in roles} == set(Role)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(Permission.PREPARE_RELEASE, Permission.APPROVE_RELEASE, id="release"),
        pytest.param(
            Permission.PROPOSE_LEAVING_OUT, Permission.CONFIRM_LEAVING_OUT, id="leaving out"
        ),
    ],
)
def test_what_needs_two_people_stands_on_two_roles(first, second):
    assert not ALLOWED[first] & ALLOWED[second]


@pytest.mark.parametrize("permission", list(Permission))
def test_the_administrator_reaches_no_personal_data(permission):
    assert allowed(Role.ADMINISTRATOR, permission) == permission.value.startswith("manage_")


@pytest.mark.parametrize("permission", list(Permission))
def test_the_auditor_changes_nothing(permission):
    assert allowed(Role.AUDITOR, permission) == permission.value.endswith("_journal")


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.FAMILY, {Permission.ANSWER_ASKS}),
        (Role.PLATFORM, {Permission.PULL_BUNDLES, Permission.READ_RECALLS}),
    ],
)
def test_those_outside_the_school_have_their_own_door_only(role, permissions):
    assert {each for each in Permission if allowed(role, each)} == permissions


def test_staff_never_answer_for_a_family():
    assert ALLOWED[Permission.ANSWER_ASKS] == {Role.FAMILY}
