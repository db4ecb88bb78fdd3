"""The first administrator, the canary and the roll of keys: what a new database needs first."""

from __future__ import annotations

from crypto.canary import make_canary, make_roll
from crypto.keyring import Ring
from crypto.providers import KekProvider
from crypto.tokens_index import Index
from gateway.actions.add_staff import add_staff
from gateway.store.vault import CANARY, ROLL, put_canary, read_canaries
from gateway.unit import Unit
from policies.permissions import Role


def initialise(unit: Unit, kek: KekProvider, index: Index, rings: list[Ring]) -> bool:
    """Put canary and roll, and name the new keys in the journal. False: it was done before."""
    if CANARY in read_canaries(unit.connection):
        return False
    unit.record("system.initialised")
    for ring in rings:
        for key in ring.keys:
            unit.record("key.created", ring=ring.ring.value, key=f"{key.id:08x}")
    put_canaries(unit, kek, index, rings)
    return True


def put_canaries(unit: Unit, kek: KekProvider, index: Index, rings: list[Ring]) -> None:
    """What the database keeps of the four rings, to know them again."""
    put_canary(unit.connection, CANARY, make_canary(kek, index))
    put_canary(unit.connection, ROLL, make_roll(rings))


def add_first_administrator(unit: Unit, login: str, password_hash: str) -> bool:
    """False: there is an administrator already."""
    if unit.staff.has_administrator():
        return False
    add_staff(unit, login, password_hash, Role.ADMINISTRATOR, None)
    return True
