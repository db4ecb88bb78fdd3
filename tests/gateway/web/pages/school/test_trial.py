"""A release is tried at any time: the same words whenever, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.wiring import Wiring
from policies.facts import FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.conftest import bearer, told
from tests.gateway.web.pages.school.conftest import Desks
from tests.gateway.web.test_reads import Ledger
from tests.town import Child

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ёся"))
WRITES_NOTHING = "Пробная проверка ничего не записывает."


@pytest.fixture
def ledger(wiring: Wiring) -> Iterator[Ledger]:
    with wiring.reading.connect() as db:
        yield Ledger(db)


def test_a_release_is_tried_at_any_time_and_nothing_is_written(
    desks: Desks, clock: Clock, ledger: Ledger
):
    town = desks.town

    def tried() -> tuple[str, list[str]]:
        """What the page says, and codes of the API; the same to each who may try."""
        codes = set()
        for role in (Role.REGISTRAR, Role.DIRECTOR):
            worker = desks.of(role)
            ledger.changes()
            page = worker.open(f"{desks.collection}/readiness")
            secret = worker.http.get_cookie("soglasie-staff")
            path = f"/v1/school/collections/{town.collection_id}/readiness"
            found = told(worker.http.get(path, headers=bearer(secret.value)))
            assert ledger.changes() == set()
            assert WRITES_NOTHING in page
            assert found["may_leave"] is False
            codes.add(tuple(sorted({finding["code"] for finding in found["findings"]})))
        (same,) = codes
        return page, list(same)

    assert "ENROLMENT_MISSING" in tried()[1]
    town.import_children(CLASS)
    town.agree_on_signature()
    page, codes = tried()
    assert "Всего 2 = передаём 0 + бумажный дневник 0 + не решили 2" in page
    assert codes == ["CLASS_NOT_HANDED_IN", "NO_ANSWER"]
    for form in (FormKind.CHILD, FormKind.GUARDIAN_OWN):
        town.answer(town.ask_of(town.person(101), form))
    town.work()
    page, codes = tried()
    assert "Всего 2 = передаём 1 + бумажный дневник 0 + не решили 1" in page
    assert codes == ["CLASS_NOT_HANDED_IN", "NO_ANSWER"]
    clock.set(clock() + timedelta(days=30))
    page, codes = tried()
    assert "Срок прошёл: передать уже нельзя." in page
    assert "DEADLINE_PASSED" in codes
