"""The first administrator and the canary: what a new database needs before anything else."""

from __future__ import annotations

from crypto.canary import make_canary
from crypto.keyring import Ring
from crypto.providers import KekProvider
from crypto.tokens_index import Index
from gateway.actions.add_staff import add_staff
from gateway.store.vault import CANARY, put_canary, read_canaries
from gateway.unit import Unit
from policies.permissions import Role


def initialise(unit: Unit, kek: KekProvider, index: Index, rings: list[Ring]) -> bool:
    """Put the canary and name the new keys in the journal. False: it was done before."""
    if CANARY in read_canaries(unit.connection):
        return False
    unit.record("system.initialised")
    for ring in rings:
        for key in ring.keys:
            unit.record("key.created", ring=ring.ring.value, key=f"{key.id:08x}")
    put_canary(unit.connection, CANARY, make_canary(kek, index))
    return True


def add_first_administrator(unit: Unit, login: str, password_hash: str) -> bool:
    """False: there is an administrator already."""
    if unit.staff.has_administrator():
        return False
    add_staff(unit, login, password_hash, Role.ADMINISTRATOR, None)
    return True
