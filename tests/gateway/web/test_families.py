"""A family at the door: link, code, document, answer, receipt, withdrawal."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from typing import Any

import pypdf
import pytest

from crypto import jose
from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import CLASS, MOTHER, Door, Headers, bearer, details, refusal, told


@pytest.fixture
def mother(full_door: Door) -> Headers:
    return full_door.who(Role.FAMILY)


def ask_path(door: Door, form: FormKind = FormKind.CHILD) -> str:
    return f"/v1/family/asks/{door.own_ask(form).id}"


def answer(
    door: Door, who: Headers, decision: str = "given", form: FormKind = FormKind.CHILD
) -> dict[str, Any]:
    """Read the document, then answer under its digest."""
    body = {"decision": decision, "details": details(with_child=form is FormKind.CHILD)}
    document = told(door.post(f"{ask_path(door, form)}/document", who, body))
    assert hashlib.sha256(document["html"].encode()).hexdigest() == document["digest"]
    body["digest"] = document["digest"]
    code = door.sign_code(ask_path(door, form), who, body)
    kept = door.post(f"{ask_path(door, form)}/answer", who, {**body, "code": code})
    assert kept.status_code == 201, kept.get_data(as_text=True)
    found: dict[str, Any] = json.loads(kept.data)
    return found


def test_a_link_shows_the_school_and_no_more_than_a_masked_phone(full_door: Door):
    seen = told(full_door.get(full_door.mothers_link()))
    assert seen["school"] == "Школа № 28"
    assert seen["given_names"] == ["Ева"]
    assert f"{MOTHER:07d}"[:4] not in seen["phone"]


def test_looking_at_a_link_changes_nothing(full_door: Door):
    link = full_door.mothers_link()
    assert full_door.get(link).data == full_door.get(link).data


def test_link_and_code_open_half_an_hour(full_door: Door):
    link = full_door.mothers_link()
    opened = told(full_door.post(f"{link}/session", body={"code": full_door.code(link)}))
    assert opened["expires_at"] == "2026-09-01T09:30:00Z"
    who = bearer(opened["token"])
    assert len(told(full_door.get("/v1/family/asks", who))["asks"]) == 2
    full_door.clock.forward(minutes=30)
    assert full_door.get("/v1/family/asks", who).status_code == 401


def test_a_spent_link_brings_a_new_one(full_door: Door):
    link = full_door.mothers_link()
    told(full_door.post(f"{link}/session", body={"code": full_door.code(link)}))
    full_door.clock.forward(minutes=2)
    assert full_door.post(f"{link}/renewal").status_code == 204
    full_door.town.work()
    fresh = full_door.link_of(full_door.town, full_door.town.person(MOTHER))
    assert fresh not in link
    assert full_door.get(f"/v1/family/links/{fresh}").status_code == 200


def test_asks_tell_what_was_answered(full_door: Door, mother: Headers):
    kept = answer(full_door, mother, "refused")
    asks = told(full_door.get("/v1/family/asks", mother))["asks"]
    by_form = {ask["form"]: ask["answer"] for ask in asks}
    assert by_form["guardian_own"] is None
    assert by_form["child"]["decision"] == "refused"
    assert by_form["child"]["id"] == kept["answer_id"]


def test_a_receipt_proves_the_answer_and_names_nobody(full_door: Door, mother: Headers):
    kept = answer(full_door, mother)
    keys = full_door.wiring.signing_keys.public("evidence")
    claims = jose.read_receipt(kept["receipt"], keys)
    assert claims["answer"] == kept["answer_id"]
    assert claims["decision"] == "given"
    assert "Ёлкина" not in json.dumps(claims, ensure_ascii=False)
    again = full_door.get(f"/v1/family/answers/{kept['answer_id']}/receipt", mother)
    assert again.mimetype == "application/jose"
    assert again.get_data(as_text=True) == kept["receipt"]


def test_the_same_answer_twice_has_one_receipt(full_door: Door, mother: Headers):
    first, second = answer(full_door, mother), answer(full_door, mother)
    assert (first["answer_id"], first["receipt_no"]) == (second["answer_id"], second["receipt_no"])


def test_a_receipt_is_printed_on_one_page(full_door: Door, mother: Headers):
    kept = answer(full_door, mother, "refused")
    printed = full_door.get(f"/v1/family/answers/{kept['answer_id']}/receipt.pdf", mother)
    assert printed.mimetype == "application/pdf"
    reader = pypdf.PdfReader(BytesIO(printed.data))
    text = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 1
    assert kept["receipt_no"] in text
    assert "Ёлкина" not in text


def test_a_receipt_of_somebody_else_is_not_there(full_door: Door, mother: Headers):
    body = {"decision": "refused", "signed_on": "2026-09-01"}
    ask = full_door.own_ask(FormKind.CHILD)
    kept = told(
        full_door.post(f"/v1/school/asks/{ask.id}/paper-answer", full_door.who(Role.TUTOR), body)
    )
    path = f"/v1/family/answers/{kept['answer_id']}/receipt"
    assert full_door.get(path, mother).status_code == 200
    other = full_door.get("/v1/family/answers/" + str(ask.id) + "/receipt", mother)
    assert refusal(other) == (404, "not_found")


def test_a_consent_is_taken_back_without_a_reason(full_door: Door, mother: Headers):
    answer(full_door, mother)
    taken = full_door.post(f"{ask_path(full_door)}/withdrawal", mother)
    assert taken.status_code == 201
    assert json.loads(taken.data)["decision"] == "withdrawn"
    again = json.loads(full_door.post(f"{ask_path(full_door)}/withdrawal", mother).data)
    assert again["answer_id"] == json.loads(taken.data)["answer_id"]


def test_a_consent_needs_address_and_document(full_door: Door, mother: Headers):
    found = full_door.post(f"{ask_path(full_door)}/document", mother, {"decision": "given"})
    assert refusal(found) == (422, "bad_input")
    pointers = [each["pointer"] for each in json.loads(found.data)["errors"]]
    assert all(pointer.startswith("/details/") for pointer in pointers)


def test_without_an_agreement_nobody_signs_electronically(door: Door):
    door.town.import_children(CLASS)
    body = {"decision": "given", "details": details(with_child=True)}
    found = door.post(f"{ask_path(door)}/document", door.who(Role.FAMILY), body)
    assert refusal(found) == (422, "rules_broken")
    assert [each["code"] for each in json.loads(found.data)["errors"]] == ["AGREEMENT_MISSING"]


def test_yes_is_too_late_after_the_deadline_and_no_is_not(full_door: Door):
    full_door.clock.forward(days=13)
    mother = full_door.who(Role.FAMILY)
    body = {"decision": "given", "details": details(with_child=True)}
    digest = told(full_door.post(f"{ask_path(full_door)}/document", mother, body))["digest"]
    with full_door.town.by(Role.REGISTRAR) as unit:
        deadline = unit.collections.get(
            full_door.town.school_id, full_door.town.collection_id
        ).deadline_on
    move = {"deadline_on": "2026-09-10"}
    registrar = full_door.who(Role.REGISTRAR)
    assert full_door.put(f"{full_door.collection}/deadline", registrar, move).status_code == 204
    assert deadline.isoformat() > move["deadline_on"]
    late = full_door.post(f"{ask_path(full_door)}/code", mother, {**body, "digest": digest})
    assert refusal(late) == (409, "deadline_passed")
    assert answer(full_door, mother, "refused")["decision"] == "refused"


def test_a_corrected_contact_of_another_person_is_refused(full_door: Door, mother: Headers):
    path = f"{ask_path(full_door, FormKind.GUARDIAN_OWN)}/items"
    found = full_door.put(path, mother, {"phone": "+79000000001"})
    assert refusal(found) == (422, "rules_broken")
    assert json.loads(found.data)["errors"][0]["code"] == "DUPLICATE_PHONE"


def test_a_correction_changes_what_is_signed(full_door: Door, mother: Headers):
    body = {"decision": "given", "details": details(with_child=True)}
    digest = told(full_door.post(f"{ask_path(full_door)}/document", mother, body))["digest"]
    told(full_door.put(f"{ask_path(full_door)}/items", mother, {"given_name": "Евдокия"}))
    late = full_door.post(f"{ask_path(full_door)}/code", mother, {**body, "digest": digest})
    assert refusal(late) == (409, "digest_mismatch")
