"""A school's work over HTTP: from an empty register to a sealed bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policies.permissions import Role
from tests.gateway.web.conftest import CLASS, Door, details, refusal, told
from tests.town import Child, class_list

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"


def uploaded(door: Door, data: bytes, name: str = "7a.csv") -> str:
    """Path of a new import."""
    number = told(door.upload(data, door.who(Role.REGISTRAR), name))["import_id"]
    return f"/v1/school/imports/{number}"


def test_a_spoiled_list_is_reviewed_by_the_rows_of_the_teacher(door: Door):
    path = uploaded(door, (ROSTERS / "class_7a_28.csv").read_bytes(), "class_7a_28.csv")
    registrar = door.who(Role.REGISTRAR)
    review = told(door.get(f"{path}/review", registrar))
    assert review["counts"]["pupils"] == len(review["pupils"]) > 0
    assert review["repairs"]
    assert min(each["row"] for each in review["pupils"]) == 3
    rows = {each["row"] for each in review["findings"] if "row" in each}
    assert rows
    assert all(each["detail"].endswith(".") for each in review["findings"] + review["repairs"])
    assert door.delete(path, registrar).status_code == 204
    assert refusal(door.get(f"{path}/review", registrar)) == (409, "import_closed")


def test_a_whole_school_is_taken_in(door: Door):
    path = uploaded(door, (ROSTERS / "school_28.xlsx").read_bytes(), "school_28.xlsx")
    registrar = door.who(Role.REGISTRAR)
    review = told(door.get(f"{path}/review", registrar))
    assert review["committable"]
    assert review["counts"]["pupils"] == 60
    done = told(door.post(f"{path}/commit", registrar, {"digest": review["digest"]}))
    assert done["added"] == review["counts"]["added"]
    assert done["asks"] > 0


def test_a_review_holds_no_token_of_a_person(door: Door):
    path = uploaded(door, class_list(CLASS))
    answer = door.get(f"{path}/review", door.who(Role.REGISTRAR))
    assert "snils:" not in answer.get_data(as_text=True)


def test_the_class_desk_names_people_standings_and_asks(full_door: Door):
    with full_door.town.by(Role.REGISTRAR) as unit:
        class_id = next(iter(unit.schools.class_names(full_door.town.school_id)))
    path = f"{full_door.collection}/classes/{class_id}"
    desk = told(full_door.get(path, full_door.who(Role.TUTOR)))["pupils"]
    assert [pupil["name"] for pupil in desk] == ["Ёлкина Ева Юрьевна"]
    assert desk[0]["standing"]["kind"] == "waiting"
    assert {each["code"] for each in desk[0]["standing"]["reasons"]} == {"NO_ANSWER"}
    assert desk[0]["guardians"][0]["items"]["phone"] == "+79000000101"
    assert {ask["form"] for ask in desk[0]["asks"]} == {"child", "guardian_own"}


def test_readiness_sums_up_the_school(full_door: Door):
    found = told(full_door.get(f"{full_door.collection}/readiness", full_door.who(Role.DIRECTOR)))
    assert found["may_leave"] is False
    assert found["totals"]["enrolled"] == found["totals"]["listed"] == 1
    assert found["totals"]["waiting"] == 1
    classes = told(full_door.get(f"{full_door.collection}/classes", full_door.who(Role.REGISTRAR)))
    assert classes["classes"] == found["classes"]


def test_a_paper_answer_counts(full_door: Door):
    tutor, registrar = full_door.who(Role.TUTOR), full_door.who(Role.REGISTRAR)
    for ask in full_door.town.asks():
        body = {
            "decision": "given",
            "signed_on": "2026-09-01",
            "details": details(with_child=ask.form.value == "child"),
        }
        kept = full_door.post(f"/v1/school/asks/{ask.id}/paper-answer", tutor, body)
        assert kept.status_code == 201, kept.get_data(as_text=True)
    full_door.town.work()
    found = told(full_door.get(f"{full_door.collection}/readiness", registrar))
    assert found["totals"]["ready"] == 1


def test_a_silent_family_is_left_out_by_two_people(full_door: Door):
    door = full_door
    tutor, registrar, director = (
        door.who(role) for role in (Role.TUTOR, Role.REGISTRAR, Role.DIRECTOR)
    )
    pupil = door.town.person(CLASS[0].number)
    path = f"{door.collection}/pupils/{pupil}/leaving-out"
    early = door.post(path, registrar, {"reason": "no_answer"})
    assert refusal(early) == (422, "rules_broken")
    for day in ("2026-08-30", "2026-08-31"):
        body = {"made_on": day, "channel": "phone"}
        assert door.post(f"/v1/school/pupils/{pupil}/attempts", tutor, body).status_code == 201
    assert door.post(path, registrar, {"reason": "no_answer"}).status_code == 201
    assert door.post(f"{path}/confirmation", director).status_code == 204
    totals = told(door.get(f"{door.collection}/readiness", director))["totals"]
    assert (totals["left_out"], totals["waiting"]) == (1, 0)


def test_a_pupil_leaves_by_an_order(full_door: Door):
    door, registrar = full_door, full_door.who(Role.REGISTRAR)
    pupil = door.town.person(CLASS[0].number)
    body = {"order_no": "17", "order_on": "2026-09-01"}
    assert door.post(f"/v1/school/pupils/{pupil}/departure", registrar, body).status_code == 204
    assert told(door.get(f"{door.collection}/readiness", registrar))["totals"]["listed"] == 0


def test_a_guardian_acts_by_a_document(door: Door):
    door.town.import_children([Child(1, guardians=(101,), relation="опекун")])
    with door.town.by(Role.REGISTRAR) as unit:
        link = unit.pupils.list_guardianships(door.town.school_id)[0]
    body = {
        "kind": "акт органа опеки и попечительства",
        "number": "28-оп",
        "issued_on": "2025-05-05",
        "issuer": "Отдел опеки",
        "ends_on": "2030-05-05",
    }
    path = f"/v1/school/guardianships/{link.id}/authority"
    assert door.post(path, door.who(Role.REGISTRAR), body).status_code == 204
    with door.town.by(Role.REGISTRAR) as unit:
        assert unit.pupils.list_guardianships(door.town.school_id)[0].has_authority


def test_invitations_say_who_got_one(full_door: Door):
    path, registrar = f"{full_door.collection}/invitations", full_door.who(Role.REGISTRAR)
    told(full_door.post(path, registrar))
    again = told(full_door.post(path, registrar))
    mother = str(full_door.town.person(101))
    assert again == {"sent": [], "unreachable": [], "recent": [mother], "answered": []}


def test_agreements_are_recorded_once(full_door: Door):
    body = {
        "person_ids": [str(full_door.town.person(101))],
        "number": "77",
        "signed_on": "2026-09-01",
    }
    registrar = full_door.who(Role.REGISTRAR)
    assert told(full_door.post("/v1/school/agreements", registrar, body)) == {"recorded": 1}
    assert told(full_door.post("/v1/school/agreements", registrar, body)) == {"recorded": 0}


def test_a_school_is_founded_equipped_and_opened(door: Door):
    admin = door.who(Role.ADMINISTRATOR)
    new = {"short_name": "Школа № 31", "zone": "Asia/Vladivostok"}
    school_id = told(door.post("/v1/admin/schools", admin, new))["school_id"]
    passport = {
        "legal_name": "МОУ «Школа № 31»",
        "address": "680000, г. Хабаровск, ул. Школьная, д. 31",
        "inn": "2700000000",
        "phone": "+7 4212 00-00-31",
        "instruction_no": "1",
        "instruction_on": "2026-08-01",
        "act_no": "2",
        "act_on": "2026-08-02",
    }
    path = f"/v1/admin/schools/{school_id}/passport"
    assert door.put(path, admin, passport).status_code == 204
    worker = {
        "login": "registrar-31",
        "password": "correct horse battery",
        "role": "registrar",
        "school_id": school_id,
    }
    told(door.post("/v1/admin/staff", admin, worker))
    token = told(door.post("/v1/session", body={k: worker[k] for k in ("login", "password")}))[
        "token"
    ]
    door.set_up_phone(token)
    who = {"Authorization": f"Bearer {token}"}
    body = {"programme": "mesh-2020", "opens_on": "2026-09-01", "deadline_on": "2026-09-15"}
    made = told(door.post("/v1/school/collections", who, body))["collection_id"]
    assert [c["id"] for c in told(door.get("/v1/school/collections", who))["collections"]] == [made]
    assert told(door.get("/v1/school", who))["ogrn"] is None


def test_a_client_is_registered_with_usable_keys_only(door: Door):
    admin = door.who(Role.ADMINISTRATOR)
    body: dict[str, Any] = {"name": "other", "programme": "mesh-2020", "jwks": {"keys": []}}
    found = door.post("/v1/admin/clients", admin, body)
    assert json.loads(found.data)["errors"][0]["code"] == "keys_unfit"
    from tests.town import platform_jwks

    body["jwks"] = json.loads(platform_jwks())
    assert told(door.post("/v1/admin/clients", admin, body))["client_id"]


@pytest.fixture
def agreed(door: Door) -> Door:
    door.town.import_children(CLASS)
    door.town.agree_on_signature()
    door.town.answer_everything()
    return door


def test_a_school_is_handed_in_prepared_and_approved(agreed: Door):
    door = agreed
    tutor, registrar, director = (
        door.who(role) for role in (Role.TUTOR, Role.REGISTRAR, Role.DIRECTOR)
    )
    early = door.post(f"{door.collection}/releases", registrar)
    assert refusal(early) == (422, "rules_broken")
    classes = told(door.get(f"{door.collection}/classes", tutor))["classes"]
    handed = door.post(f"{door.collection}/classes/{classes[0]['class_id']}/hand-in", tutor)
    assert told(handed) == {"pupils": 1}
    made = told(door.post(f"{door.collection}/releases", registrar))
    assert (made["pupils"], made["guardians"]) == (1, 1)
    path = f"/v1/school/releases/{made['release_id']}/approval"
    wrong = door.post(path, director, {"set_digest": "0" * 64})
    assert refusal(wrong) == (409, "digest_mismatch")
    answer = door.post(path, director, {"set_digest": made["set_digest"]})
    assert answer.status_code == 201
    bundle = json.loads(answer.data)
    assert (bundle["revision"], bundle["pupils"], bundle["pulled_at"]) == (1, 1, None)
    assert told(door.get("/v1/school/bundles", registrar))["bundles"] == [bundle]
    again = door.post(path, director, {"set_digest": made["set_digest"]})
    assert refusal(again) == (409, "already_approved")
