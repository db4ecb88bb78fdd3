"""Every row of the table of problems, met over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug import exceptions as http
from werkzeug.test import TestResponse

from crypto.errors import OpenError
from gateway import errors as e
from gateway.actions.add_school import add_school
from gateway.actions.add_staff import add_staff
from gateway.actions.prepare_release import prepare_release
from gateway.actions.sign_in import open_session
from gateway.app import create_app
from gateway.store.bundles import Release
from gateway.store.clients import clients
from gateway.store.people import persons
from gateway.store.session import DatabaseBusy, DatabaseDown
from gateway.unit import SYSTEM, Actor
from gateway.web.problems import PROBLEMS, problem_of
from gateway.web.repeats import RUNNING
from gateway.wiring import Wiring
from policies.facts import FormKind
from policies.permissions import Role
from tests.factories import a_snils
from tests.gateway.web.conftest import CLASS, MOTHER, Door, bearer, details, refusal, told
from tests.town import class_list

ZEROS = "0" * 64
Scenario = Callable[[Door], TestResponse]
SCENARIOS: dict[type[Exception], Scenario] = {}


def meets(kind: type[Exception]) -> Callable[[Scenario], Scenario]:
    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[kind] = scenario
        return scenario

    return register


def prepared(door: Door, by: Role = Role.REGISTRAR) -> Release:
    """A prepared release of a school that has agreed; `by`: whose hand it was."""
    town = door.town
    town.ready(CLASS)
    actor = Actor(Role.REGISTRAR, town.staff[by], town.school_id)
    with door.wiring.units.open(actor) as unit:
        return prepare_release(unit, town.collection_id)


def approve(door: Door, release: Release) -> TestResponse:
    path = f"/v1/school/releases/{release.id}/approval"
    return door.post(path, door.who(Role.DIRECTOR), {"set_digest": release.set_digest})


def half_open(door: Door) -> str:
    """A director's session that has shown the password alone."""
    with door.wiring.units.open(SYSTEM) as unit:
        return open_session(unit, f"{Role.DIRECTOR.value}-28", "192.0.2.1")[0]


def enlist(door: Door) -> None:
    door.town.import_children(CLASS)
    door.town.agree_on_signature()


@meets(e.NotAuthenticated)
def without_token(door: Door) -> TestResponse:
    return door.get("/v1/school")


@meets(e.TokenInvalid)
def with_a_forged_token(door: Door) -> TestResponse:
    return door.get("/v1/bundles", bearer("a.b.c"))


@meets(e.NotAllowed)
def tutor_founds_a_school(door: Door) -> TestResponse:
    return door.post("/v1/admin/schools", door.who(Role.TUTOR))


@meets(e.SecondPersonNeeded)
def one_person_prepares_and_approves(door: Door) -> TestResponse:
    return approve(door, prepared(door, by=Role.DIRECTOR))


@meets(e.OwnFamily)
def a_worker_records_the_own_child(door: Door) -> TestResponse:
    enlist(door)
    town = door.town
    with door.wiring.units.open(SYSTEM) as unit:
        town.staff[Role.REGISTRAR] = add_staff(
            unit, "parent", "no hash", Role.REGISTRAR, town.school_id, snils=a_snils(MOTHER)
        )
    body = {"person_ids": [str(town.person(MOTHER))], "number": "7", "signed_on": "2026-09-01"}
    return door.post("/v1/school/agreements", door.who(Role.REGISTRAR), body)


@meets(e.SecondFactorNeeded)
def by_password_alone(door: Door) -> TestResponse:
    return door.get("/v1/school", bearer(half_open(door)))


@meets(e.SecondFactorStale)
def approve_an_hour_after_the_sign_in(door: Door) -> TestResponse:
    release, director = prepared(door), door.who(Role.DIRECTOR)
    door.clock.forward(hours=1)
    path = f"/v1/school/releases/{release.id}/approval"
    return door.post(path, director, {"set_digest": release.set_digest})


@meets(e.FactorWrong)
def a_code_without_an_application(door: Door) -> TestResponse:
    return door.post("/v1/session/second-factor", bearer(half_open(door)), {"code": "000000"})


@meets(e.NotFound)
def review_of_nothing(door: Door) -> TestResponse:
    return door.get(f"/v1/school/imports/{uuid4()}/review", door.who(Role.TUTOR))


@meets(e.LinkUnknown)
def link_that_a_mail_program_cut(door: Door) -> TestResponse:
    enlist(door)
    return door.get(door.mothers_link()[:-1])


@meets(e.BadInput)
def unknown_zone(door: Door) -> TestResponse:
    body = {"short_name": "Школа", "zone": "Asia/Nowhere"}
    return door.post("/v1/admin/schools", door.who(Role.ADMINISTRATOR), body)


@meets(e.UnreadableList)
def a_picture_as_a_list(door: Door) -> TestResponse:
    return door.upload(b"\x89PNG\r\n\x1a\n" + bytes(64), door.who(Role.TUTOR))


@meets(e.RulesBroken)
def release_while_somebody_waits(door: Door) -> TestResponse:
    enlist(door)
    return door.post(f"{door.collection}/releases", door.who(Role.REGISTRAR))


@meets(e.ReviewStale)
def commit_of_something_else(door: Door) -> TestResponse:
    tutor = door.who(Role.TUTOR)
    number = told(door.upload(class_list(CLASS), tutor))["import_id"]
    return door.post(f"/v1/school/imports/{number}/commit", tutor, {"digest": ZEROS})


@meets(e.ImportClosed)
def cancel_twice(door: Door) -> TestResponse:
    tutor = door.who(Role.TUTOR)
    number = told(door.upload(class_list(CLASS), tutor))["import_id"]
    assert door.delete(f"/v1/school/imports/{number}", tutor).status_code == 204
    return door.delete(f"/v1/school/imports/{number}", tutor)


@meets(e.DigestMismatch)
def answer_to_another_document(door: Door) -> TestResponse:
    enlist(door)
    ask = door.own_ask(FormKind.CHILD)
    body = {"decision": "given", "digest": ZEROS, "details": details(with_child=True)}
    return door.post(f"/v1/family/asks/{ask.id}/code", door.who(Role.FAMILY), body)


@meets(e.AlreadyApproved)
def prepare_after_the_approval(door: Door) -> TestResponse:
    door.released()
    return door.post(f"{door.collection}/releases", door.who(Role.REGISTRAR))


@meets(e.SetGrown)
def record_changes_after_the_preparation(door: Door) -> TestResponse:
    enlist(door)
    mother = door.who(Role.FAMILY)
    release = prepared(door)
    path = f"/v1/family/asks/{door.own_ask(FormKind.CHILD).id}/items"
    told(door.put(path, mother, {"email": "another-of-eva@example.org"}))
    door.town.work()
    return approve(door, release)


@meets(e.NothingToWithdraw)
def withdraw_what_was_not_given(door: Door) -> TestResponse:
    enlist(door)
    ask = door.own_ask(FormKind.CHILD)
    return door.post(f"/v1/family/asks/{ask.id}/withdrawal", door.who(Role.FAMILY))


@meets(e.AlreadyExists)
def one_login_twice(door: Door) -> TestResponse:
    body = {"login": "auditor-0", "password": "correct horse battery", "role": "auditor"}
    return door.post("/v1/admin/staff", door.who(Role.ADMINISTRATOR), body)


@meets(e.BundleSuperseded)
def pull_after_a_withdrawal(door: Door) -> TestResponse:
    bundle = door.released()
    door.take_back()
    return door.get(f"/v1/bundles/{bundle.id}/content", door.who(Role.PLATFORM))


@meets(e.BundleNotPulled)
def acknowledge_before_the_pull(door: Door) -> TestResponse:
    bundle = door.released()
    body = {"digest": bundle.digest, "received_at": "2026-09-01T09:00:00Z"}
    return door.put(f"/v1/bundles/{bundle.id}/acknowledgement", door.who(Role.PLATFORM), body)


@meets(e.BundleWithdrawn)
def pull_after_the_acknowledgement(door: Door) -> TestResponse:
    bundle, platform = door.released(), door.who(Role.PLATFORM)
    path = f"/v1/bundles/{bundle.id}"
    assert door.get(f"{path}/content", platform).status_code == 200
    body = {"digest": bundle.digest, "received_at": "2026-09-01T09:00:00Z"}
    told(door.put(f"{path}/acknowledgement", platform, body))
    return door.get(f"{path}/content", platform)


@meets(e.TooLate)
def prepare_after_the_deadline(door: Door) -> TestResponse:
    door.town.ready(CLASS)
    door.clock.forward(days=15)
    return door.post(f"{door.collection}/releases", door.who(Role.REGISTRAR))


@meets(e.PassportMissing)
def collection_of_a_school_without_passport(door: Door) -> TestResponse:
    with door.wiring.units.open(SYSTEM) as unit:
        school_id = add_school(unit, "Школа № 30", "Asia/Vladivostok")
        registrar = add_staff(unit, "registrar-30", "not a hash", Role.REGISTRAR, school_id)
    door.above[Role.REGISTRAR] = registrar
    body = {"programme": "mesh-2020", "opens_on": "2026-09-01", "deadline_on": "2026-09-15"}
    return door.post("/v1/school/collections", door.who(Role.REGISTRAR), body)


@meets(e.LinkSpent)
def link_after_its_session(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    told(door.post(f"{link}/session", body={"code": door.code(link)}))
    return door.get(link)


@meets(e.LinkExpired)
def link_after_two_weeks(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    door.clock.forward(days=14)
    return door.get(link)


@meets(e.LinkReplaced)
def disowned_link(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    assert door.post(f"{link}/disowning").status_code == 204
    return door.get(link)


@meets(e.CodeNotSent)
def code_that_nobody_sent(door: Door) -> TestResponse:
    enlist(door)
    return door.post(f"{door.mothers_link()}/session", body={"code": "000000"})


@meets(e.CodeWrong)
def another_code(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    return door.post(f"{link}/session", body={"code": wrong(door.code(link))})


@meets(e.CodeExpired)
def code_after_ten_minutes(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    code = door.code(link)
    door.clock.forward(minutes=10, seconds=1)
    return door.post(f"{link}/session", body={"code": code})


@meets(e.CodeSpent)
def sixth_guess(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    code = door.code(link)
    for _ in range(5):
        answer = door.post(f"{link}/session", body={"code": wrong(code)})
        assert refusal(answer) == (403, "code_wrong")
    return door.post(f"{link}/session", body={"code": code})


@meets(e.TooManyAttempts)
def two_codes_in_a_minute(door: Door) -> TestResponse:
    enlist(door)
    link = door.mothers_link()
    door.code(link)
    return door.post(f"{link}/code")


@meets(e.KeyReused)
def one_key_for_two_schools(door: Door) -> TestResponse:
    who = {**door.who(Role.ADMINISTRATOR), "Idempotency-Key": "one"}
    door.post("/v1/admin/schools", who, {"short_name": "Школа № 30", "zone": "Europe/Moscow"})
    return door.post("/v1/admin/schools", who, {"short_name": "Школа", "zone": "Europe/Moscow"})


@meets(e.RepeatInProgress)
def key_that_is_being_used(door: Door) -> TestResponse:
    who = {**door.who(Role.ADMINISTRATOR), "Idempotency-Key": "one"}
    with RUNNING.alone(f"staff/{door.above[Role.ADMINISTRATOR]}\nadd_school\none"):
        return door.post("/v1/admin/schools", who, {"short_name": "1", "zone": "Europe/Moscow"})


@meets(e.StaleWrite)
def deadline_that_a_colleague_moved(door: Door) -> TestResponse:
    registrar = door.who(Role.REGISTRAR)
    seen = {**registrar, "If-Match": door.get(door.collection, registrar).headers["ETag"]}
    path = f"{door.collection}/deadline"
    assert door.put(path, registrar, {"deadline_on": "2026-10-01"}).status_code == 204
    return door.put(path, seen, {"deadline_on": "2026-10-02"})


@meets(e.PlatformMissing)
def programme_without_a_platform(door: Door) -> TestResponse:
    release = prepared(door)
    with door.wiring.writing.begin() as connection:
        connection.execute(sa.delete(clients))
    return approve(door, release)


@meets(e.JournalBehind)
def pull_before_the_checkpoint(door: Door) -> TestResponse:
    bundle = told(approve(door, prepared(door)))
    return door.get(f"/v1/bundles/{bundle['id']}/content", door.who(Role.PLATFORM))


@meets(DatabaseDown)
def database_that_is_not_there(door: Door) -> TestResponse:
    url = sa.make_url(door.wiring.settings.database)
    gone = url.set(database=f"{url.database}_gone/none")
    settings = replace(
        door.wiring.settings, database_url=gone.render_as_string(hide_password=False)
    )
    wiring = Wiring(settings, door.clock)
    answer = create_app(wiring).test_client().get("/v1/school", headers=bearer("somebody"))
    wiring.close()
    return answer


@meets(OpenError)
def record_of_another_place(door: Door) -> TestResponse:
    enlist(door)
    who, ask = door.who(Role.FAMILY), door.own_ask(FormKind.CHILD)
    mother = persons.c.id == door.town.person(MOTHER)
    with door.wiring.writing.begin() as connection:
        record = sa.select(persons.c.registry).where(mother).scalar_subquery()
        connection.execute(
            sa.update(persons)
            .where(persons.c.id == ask.subject_id)
            .values(registry=connection.execute(sa.select(record)).scalar_one())
        )
    return door.get(f"/v1/family/asks/{ask.id}/items", who)


@meets(http.BadRequest)
def half_a_json(door: Door) -> TestResponse:
    return door.http.post("/v1/session", data=b'{"login":', content_type="application/json")


@meets(http.NotFound)
def address_of_nothing(door: Door) -> TestResponse:
    return door.get("/v1/nothing")


@meets(http.MethodNotAllowed)
def delete_of_a_feed(door: Door) -> TestResponse:
    return door.delete("/v1/bundles")


@meets(http.RequestEntityTooLarge)
def seven_megabytes(door: Door) -> TestResponse:
    return door.upload(bytes(7 * 1024 * 1024), door.who(Role.TUTOR))


@meets(http.UnsupportedMediaType)
def form_instead_of_json(door: Door) -> TestResponse:
    return door.http.post("/v1/session", data={"login": "admin"})


def probe(error: Exception) -> Scenario:
    """Nothing of ours raises it today; a route of the test's own does."""

    def scenario(door: Door) -> TestResponse:
        def view() -> str:
            raise error

        app = create_app(door.wiring)
        app.add_url_rule("/probe", view_func=view)
        return app.test_client().get("/probe")

    return scenario


for foreseen in (e.Conflict(), e.Gone(), e.FormStale(), e.NotReady(), DatabaseBusy(),
                 http.NotAcceptable()):  # fmt: skip
    kind = http.HTTPException if isinstance(foreseen, http.HTTPException) else type(foreseen)
    SCENARIOS[kind] = probe(foreseen)
SCENARIOS[Exception] = probe(ValueError("Ёлкина Ольга, +79000000101"))


def test_every_row_has_its_scenario():
    assert set(SCENARIOS) == set(PROBLEMS)


@pytest.mark.parametrize("kind", SCENARIOS, ids=lambda kind: PROBLEMS[kind].slug)
def test_problem(kind: type[Exception], door: Door):
    problem = PROBLEMS[kind]
    answer = SCENARIOS[kind](door)
    body = json.loads(answer.data)
    status = 406 if kind is http.HTTPException else problem.status
    assert refusal(answer) == (status, problem.code)
    assert body["type"] == f"/problems/{problem.slug}"
    assert body["title"] == problem.title
    assert answer.headers["Cache-Control"] == "no-store"
    for name, value in problem.headers.items():
        assert answer.headers[name] == value
    text = answer.get_data(as_text=True)
    assert "Ёлкина" not in text
    assert "+7900" not in text


def test_slugs_and_titles_are_unique():
    assert len({p.slug for p in PROBLEMS.values()}) == len(PROBLEMS)
    assert len({p.title for p in PROBLEMS.values()}) == len(PROBLEMS)


def test_allowed_methods_are_named(door: Door):
    assert "GET" in delete_of_a_feed(door).headers["Allow"]


def test_an_heir_is_answered_by_its_nearest_ancestor():
    class Special(e.LinkSpent):
        pass

    assert problem_of(Special()).slug == "link-spent"
    assert problem_of(RuntimeError()).slug == "internal-error"


def test_broken_rules_are_listed_with_what_they_are_about(door: Door):
    body = json.loads(release_while_somebody_waits(door).data)
    found = {each["code"] for each in body["errors"]}
    assert {"NO_ANSWER", "CLASS_NOT_HANDED_IN"} <= found
    about = {each["about"] for each in body["errors"] if each["code"] == "NO_ANSWER"}
    assert about == {str(door.town.person(CLASS[0].number))}
    assert all(each["detail"].endswith(".") for each in body["errors"])


def test_a_wrong_code_stays_counted(door: Door):
    answer = sixth_guess(door)
    assert answer.status_code == 403
    door.clock.forward(minutes=2)
    link = door.mothers_link()
    assert told(door.post(f"{link}/session", body={"code": door.code(link)}))["token"]


def test_a_wrong_code_after_a_new_one_is_a_fresh_count(door: Door):
    enlist(door)
    link = door.mothers_link()
    for _ in range(4):
        door.post(f"{link}/session", body={"code": wrong(door.code(link))})
        door.clock.forward(minutes=1)
    assert told(door.post(f"{link}/session", body={"code": door.code(link)}))["token"]


def test_the_catalogue_in_the_docs_is_the_table():
    page = (Path(__file__).parents[3] / "docs" / "problems.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{p.slug}` | {p.status} | `{p.code}` | {p.title} | {p.detail} |"
        for p in PROBLEMS.values()
    ]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


VALUE = "Скворцова"
NUMBER = "+79000001234"
BODIES: list[Any] = [
    pytest.param("/v1/session", {"login": VALUE, "password": VALUE}, id="sign-in"),
    pytest.param("/v1/session", {"login": {VALUE: NUMBER}, "password": [NUMBER]}, id="types"),
    pytest.param("/v1/session", {VALUE: 1, NUMBER: 2}, id="unknown names"),
    pytest.param("/v1/admin/schools", {"short_name": VALUE, "zone": VALUE}, id="zone"),
    pytest.param(
        "/v1/admin/staff",
        {
            "login": VALUE,
            "password": VALUE,
            "role": VALUE,
            "school_id": NUMBER,
            "classes": [VALUE, NUMBER],
            "email": VALUE,
            "phone": f"{NUMBER}{NUMBER}",
        },
        id="every field of a worker",
    ),
]


@pytest.mark.parametrize(("path", "body"), BODIES)
def test_no_refusal_repeats_what_was_sent(door: Door, path: str, body: Any):
    answer = door.post(path, door.who(Role.ADMINISTRATOR), body)
    assert answer.status_code in {401, 422}
    text = answer.get_data(as_text=True)
    assert VALUE not in text
    assert NUMBER not in text


def test_no_refusal_repeats_an_address_a_query_or_a_header(door: Door):
    for answer in (
        door.get(f"/{VALUE}"),
        door.get(f"/v1/bundles?after={NUMBER}&{VALUE}=1", door.who(Role.PLATFORM)),
        door.get(f"/v1/family/links/{VALUE}"),
        door.get("/v1/school", bearer(NUMBER)),
        door.get("/healthz", {"X-Request-ID": "79000001234"}),
        door.http.post("/v1/session", data=b"{}", content_type=f"text/{NUMBER}"),
    ):
        text = answer.get_data(as_text=True) + str(answer.headers)
        assert VALUE not in text
        assert "79000001234" not in text
