"""What stands out is shown with the reason, and leads to its events."""

from __future__ import annotations

import json
import re

from policies.anomalies import WHY, Sign
from policies.permissions import Role
from tests.gateway.web.conftest import Door
from tests.gateway.web.pages.audit.conftest import Audit


def test_reading_at_night_is_shown_with_its_reason_and_events(audit: Audit):
    audit.journal()
    assert "ничего необычного" in audit.browser.open("/audit/anomalies")
    audit.clock.forward(hours=6)  # one o'clock in the school
    audit.desks.of(Role.TUTOR).open(f"{audit.desks.desk()}/pupils")
    audit.journal()
    text = audit.browser.open("/audit/anomalies")
    assert "Чтений ночью: 1" in text
    assert f"Почему показано. {WHY[Sign.READ_AT_NIGHT]}" in text
    assert "tutor-28 (классный руководитель)" in text
    assert audit.browser.page is not None
    [event] = re.findall(r'href="(/audit/events/\d+)"', audit.browser.page.text)
    assert "Прочитаны сведения класса" in audit.browser.open(event)


def test_denials_are_shown_and_belong_to_a_worker(audit: Audit):
    tutor = audit.desks.of(Role.TUTOR)
    for _ in range(5):
        tutor.open("/audit", 403)
    audit.journal()
    assert "Отказов в действии за час: 5" in audit.browser.open("/audit/anomalies")
    school = audit.desks.town.school_id
    assert "за час: 5" in audit.browser.open(f"/audit/anomalies?school_id={school}&days=30")


def test_a_period_that_is_none_is_refused(audit: Audit):
    for query in ("days=0", "days=x", "school_id=7"):
        audit.browser.open(f"/audit/anomalies?{query}", 422)


def test_programs_are_told_the_same(full_door: Door):
    tutor, auditor = full_door.who(Role.TUTOR), full_door.who(Role.AUDITOR)
    for _ in range(5):
        full_door.get("/v1/audit/checkpoint", tutor)
    full_door.town.work()
    [found] = json.loads(full_door.get("/v1/audit/anomalies", auditor).data)["anomalies"]
    assert (found["sign"], found["count"], found["why"]) == ("denials", 5, WHY[Sign.DENIALS])
    assert len(found["events"]) == 5
