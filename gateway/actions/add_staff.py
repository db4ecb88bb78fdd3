"""Give a worker a login, a role and, to a tutor, classes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gateway.errors import AlreadyExists, BadInput, NotFound
from gateway.store.staff import Staff
from gateway.unit import Unit
from policies.facts import Field
from policies.logins import parse_login
from policies.passwords import weakness
from policies.permissions import Role

ABOVE_SCHOOLS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
OF_A_SCHOOL = frozenset({Role.REGISTRAR, Role.DIRECTOR, Role.TUTOR})


def check_credentials(login: str, password: str) -> str:
    """The login in its one form. Raises `BadInput` for what is none and for a weak password."""
    known = _canonical(login)
    found = weakness(password, known)
    if found is not None:
        raise BadInput({"/password": found.value})
    return known


def _canonical(login: str) -> str:
    try:
        return parse_login(login)
    except ValueError as refused:
        raise BadInput({"/login": str(refused)}) from None


def add_staff(
    unit: Unit,
    login: str,
    password_hash: str,
    role: Role,
    school_id: UUID | None,
    *,
    class_names: Iterable[str] = (),
    email: str | None = None,
    phone: str | None = None,
    snils: str | None = None,
) -> UUID:
    """`email`, `phone`, `snils` are canonical and kept as tokens only: they tell a worker's contact
    from a family's, and the SNILS that a worker is a parent (policies/workers). `class_names` are
    founded when they are new. Raises `AlreadyExists`, `BadInput`.
    """
    if role not in ABOVE_SCHOOLS | OF_A_SCHOOL or (role in OF_A_SCHOOL) != (school_id is not None):
        raise BadInput({"/role": "role_place"})
    login = _canonical(login)
    if unit.staff.find(login=login) is not None:
        raise AlreadyExists
    if school_id is not None:
        unit.lock_school(school_id)
    staff_id = unit.new_id()
    event = unit.record("staff.added", school_id=school_id, staff_id=staff_id, role=role.value)
    told = {Field.EMAIL: email, Field.PHONE: phone, Field.SNILS: snils}
    tokens = {
        field: unit.vault.token(field, value, school_id)
        for field, value in told.items()
        if value and school_id
    }
    unit.staff.add(Staff(staff_id, school_id, login, role, password_hash), event, tokens)
    if school_id is not None:
        for name in class_names:
            class_id = ensure_class(unit, school_id, name)
            unit.staff.assign_tutor(school_id, staff_id, class_id, event)
    return staff_id


def ensure_class(unit: Unit, school_id: UUID, name: str) -> UUID:
    """The class of that name, founded if the school has none. The school is locked."""
    for class_id, known in unit.schools.class_names(school_id).items():
        if known == name:
            return class_id
    class_id = unit.new_id()
    event = unit.record("class.added", school_id=school_id, class_id=class_id)
    unit.schools.add_class(school_id, class_id, name, event)
    return class_id


def class_by_name(unit: Unit, school_id: UUID, name: str) -> UUID:
    """Raises `NotFound`."""
    for class_id, known in unit.schools.class_names(school_id).items():
        if known == name:
            return class_id
    raise NotFound
