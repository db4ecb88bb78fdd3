"""Letting workers in and shutting them out, for routes and pages alike.

Passwords are hashed here, which takes long, before the unit opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crypto.secrets_text import new_secret
from gateway.actions import add_staff as adding
from gateway.actions import manage_staff as managing
from gateway.web.context import current_unit, current_wiring
from gateway.web.passwords import hash_password


def add_staff(told: Mapping[str, Any]) -> UUID:
    """`told`: a decoded `NewStaff`. Raises `AlreadyExists`, `BadInput`, `NotReady`."""
    login = adding.check_credentials(told["login"], told["password"])
    password_hash = hash_password(told["password"])
    return adding.add_staff(
        current_unit(),
        login,
        password_hash,
        told["role"],
        told.get("school_id"),
        class_names=told.get("classes", ()),
        email=told.get("email"),
        phone=told.get("phone"),
        snils=told.get("snils"),
    )


def set_password(staff_id: UUID, password: str) -> None:
    """A new password. Raises `NotFound`, `BadInput` for a weak one, `NotReady`."""
    with current_wiring().looking() as look:
        managing.check_new_password(look, staff_id, password)
    password_hash = hash_password(password)
    managing.set_password(current_unit(), staff_id, password_hash)


def shut_out(staff_id: UUID) -> None:
    """Nobody knows the password that is left. Raises `NotFound`, `BadInput`, `NotReady`."""
    nobodys = hash_password(new_secret())
    managing.disable_staff(current_unit(), staff_id, nobodys)
