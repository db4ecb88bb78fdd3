"""A class list over HTTP when it comes again: the difference, the edits, the confirmation."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.test import TestResponse

from policies.permissions import Role
from tests.gateway.web.conftest import Door, refusal, told
from tests.town import Child, class_list

EVA, ADA = Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ада")
MAIL = "Эл. почта"


def uploaded(door: Door, *children: Child, spoil: tuple[str, str] = ("", "")) -> str:
    """Path of a new import; `spoil`: a text of the list and another in its place."""
    data = class_list(children).decode("cp1251").replace(*spoil).encode("cp1251")
    number = told(door.upload(data, door.who(Role.REGISTRAR)))["import_id"]
    return f"/v1/school/imports/{number}"


def review(door: Door, path: str) -> dict[str, Any]:
    found: dict[str, Any] = told(door.get(f"{path}/review", door.who(Role.REGISTRAR)))
    return found


def codes(answer: TestResponse) -> list[str]:
    """What a refusal says is wrong."""
    assert answer.status_code == 422
    return [each["code"] for each in json.loads(answer.data)["errors"]]


def test_a_review_shows_what_changes_and_who_is_missing(door: Door):
    door.town.import_children([EVA, ADA])
    seen = review(door, uploaded(door, Child(1, guardians=(101,), name="Евдокия")))
    assert seen["added"] == []
    (changed,) = seen["changed"]
    assert (changed["row"], changed["class_name"], changed["is_pupil"]) == (2, "7А", True)
    assert changed["changes"] == [
        {
            "field": "given_name",
            "before": "Ева",
            "after": "Евдокия",
            "before_absent": None,
            "after_absent": None,
        }
    ]
    (missing,) = seen["missing"]
    assert missing["person_id"] == str(door.town.person(2))
    assert (missing["class_name"], missing["items"]["given_name"]) == ("7А", "Ада")
    assert seen["classes"] == [
        {
            "class_name": "7А",
            "pupils": 1,
            "added": 0,
            "changed": 1,
            "moved": 0,
            "missing": 1,
            "shrinks": True,
        }
    ]
    assert {"ROSTER_SHRINKS", "PUPIL_NOT_LISTED"} <= {f["code"] for f in seen["findings"]}


def test_a_list_that_shrinks_is_committed_when_a_person_says_so(door: Door):
    door.town.import_children([EVA, ADA])
    path = uploaded(door, EVA)
    registrar, seen = door.who(Role.REGISTRAR), review(door, path)
    assert (seen["committable"], seen["needs_confirmation"]) == (True, True)
    body = {"digest": seen["digest"]}
    held = door.post(f"{path}/commit", registrar, body)
    assert refusal(held) == (422, "rules_broken")
    assert codes(held) == ["ROSTER_SHRINKS"]
    done = told(door.post(f"{path}/commit", registrar, {**body, "shrinking_confirmed": True}))
    assert done["missing"] == [str(door.town.person(2))]


def test_only_a_plain_yes_confirms(door: Door):
    door.town.import_children([EVA, ADA])
    path = uploaded(door, EVA)
    body = {"digest": review(door, path)["digest"], "shrinking_confirmed": "true"}
    assert refusal(door.post(f"{path}/commit", door.who(Role.REGISTRAR), body)) == (
        422,
        "bad_input",
    )


def test_a_repair_is_undone_and_the_cell_put_right(door: Door):
    path = uploaded(door, EVA, spoil=("person1@", "mailto:Person1@"))
    registrar, before = door.who(Role.REGISTRAR), review(door, path)
    (repair,) = before["repairs"]
    cell = {"row": repair["row"], "column": repair["column"]}
    assert cell == {"row": 2, "column": MAIL}
    undone = told(door.post(f"{path}/undo", registrar, cell))
    assert [each["code"] for each in undone["findings"]] == ["REPAIR_UNDONE"]
    after = review(door, path)
    assert after["digest"] != before["digest"]
    assert [f["written"] for f in after["findings"] if f.get("column") == MAIL] == [
        "mailto:Person1@example.org"
    ]
    stale = door.post(f"{path}/commit", registrar, {"digest": before["digest"]})
    assert refusal(stale) == (409, "review_stale")
    right = told(door.put(f"{path}/cells", registrar, {**cell, "value": "p@example.org"}))
    assert right == {"findings": [], "repairs": []}
    digest = review(door, path)["digest"]
    assert told(door.post(f"{path}/commit", registrar, {"digest": digest}))["added"] == 2


def test_a_cell_that_is_not_there_is_told(door: Door):
    path = uploaded(door, EVA)
    registrar = door.who(Role.REGISTRAR)
    cell = {"row": 2, "column": "Адрес"}
    answer = door.put(f"{path}/cells", registrar, {**cell, "value": None})
    assert refusal(answer) == (422, "bad_input")
    assert codes(answer) == ["cell_unknown"]
    answer = door.post(f"{path}/undo", registrar, cell)
    assert codes(answer) == ["nothing_repaired"]


def test_a_megabyte_is_no_cell(door: Door):
    path = uploaded(door, EVA)
    body = {"row": 2, "column": MAIL, "value": "я" * 500_000}
    answer = door.put(f"{path}/cells", door.who(Role.REGISTRAR), body)
    assert codes(answer) == ["too_long"]
