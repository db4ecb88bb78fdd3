"""Papers at the door: numbers are tidied, contradictions are told by their place, a no is heard."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import MOTHER, Door, details, told
from tests.town import PASSPORT


def remarks(answer: TestResponse) -> set[tuple[str, str]]:
    """(pointer, code) of everything that is wrong; each has its Russian sentence."""
    assert answer.status_code == 422, answer.get_data(as_text=True)
    errors = json.loads(answer.data)["errors"]
    assert all(error["detail"] for error in errors)
    return {(error["pointer"], error["code"]) for error in errors}


def spoiled(changes: dict[str, str], who: str = "signer") -> dict[str, Any]:
    body = copy.deepcopy(details(with_child=True))
    body[who]["id_document"].update(changes)
    return body


PAPERS = [
    # In the request alone.
    ("signer", {"number": "00 00"}, "number", "DOCUMENT_NUMBER"),
    ("signer", {"department_code": "1-1"}, "department_code", "DOCUMENT_OFFICE"),
    ("child", {"series": "1-ДВ"}, "series", "DOCUMENT_SERIES"),
    # Against the register and the day.
    ("signer", {"issued_on": "2026-09-02"}, "issued_on", "PAPER_FUTURE"),
    ("signer", {"issued_on": "1999-05-06"}, "issued_on", "PASSPORT_TOO_EARLY"),
    ("child", {"issued_on": "2015-03-07"}, "issued_on", "PAPER_BEFORE_BIRTH"),
]


def test_a_paper_that_cannot_be_is_told_by_its_place(full_door: Door):
    who = full_door.who(Role.FAMILY)
    path = f"/v1/family/asks/{full_door.own_ask(FormKind.CHILD).id}/document"
    for holder, changes, part, code in PAPERS:
        body = {"decision": "given", "details": spoiled(changes, holder)}
        pointer = f"/details/{holder}/id_document/{part}"
        assert remarks(full_door.post(path, who, body)) == {(pointer, code)}
    # A no shows no papers: whatever their days, it is heard.
    body = {"decision": "refused", "details": spoiled({"issued_on": "1999-05-06"})}
    assert full_door.post(path, who, body).status_code == 200


def test_a_number_is_written_in_its_one_form(full_door: Door):
    who = full_door.who(Role.FAMILY)
    path = f"/v1/family/asks/{full_door.own_ask(FormKind.CHILD).id}/document"
    written = [{"series": "0812"}, {"series": "08 12"}, {"number": "№ 000-000"}]
    asked = [{"decision": "given", "details": spoiled(changes)} for changes in written]
    shown = {told(full_door.post(path, who, body))["digest"] for body in asked}
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"inn": "2700000001"}, "INN_CHECK", id="INN"),
        pytest.param({"instruction_on": "2026-09-02"}, "PAPER_FUTURE", id="tomorrow"),
        pytest.param({"act_on": "2001-08-02"}, "PAPER_BEFORE_LAW", id="before the law"),
        pytest.param({"act_no": "№"}, "PAPER_NUMBER", id="a sign for a number"),
    ],
)
def test_a_schools_passport_names_papers_that_can_be(
    door: Door, changes: dict[str, str], code: str
):
    known = {name: str(value) for name, value in PASSPORT.items()}
    path = f"/v1/admin/schools/{door.town.school_id}/passport"
    admin = door.who(Role.ADMINISTRATOR)
    version = door.get(path, admin).headers.get("ETag", "*")
    headers = {**admin, "If-Match": version}
    (part,) = changes
    assert remarks(door.put(path, headers, known | changes)) == {(f"/{part}", code)}


def test_a_guardians_paper_contradicts_nothing(full_door: Door):
    town, registrar = full_door.town, full_door.who(Role.REGISTRAR)
    mother = town.person(MOTHER)
    with town.by(Role.REGISTRAR) as unit:
        (link,) = unit.pupils.list_guardianships(town.school_id, guardian_ids=[mother])
    path = f"/v1/school/guardianships/{link.id}/authority"
    act = {"kind": "акт", "number": "7", "issued_on": "2020-05-01", "issuer": "Опека"}
    for changes, part, code in (
        ({"issued_on": "2015-03-07"}, "issued_on", "PAPER_BEFORE_BIRTH"),
        ({"issued_on": "2026-09-02"}, "issued_on", "PAPER_FUTURE"),
        ({"ends_on": "2020-04-30"}, "ends_on", "PAPER_ENDS_EARLY"),
    ):
        assert remarks(full_door.post(path, registrar, act | changes)) == {(f"/{part}", code)}
