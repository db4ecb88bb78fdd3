"""The tracker and the page of a pupil."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.actions.add_staff import add_staff
from gateway.web.pages.faults import FOR_PEOPLE
from policies.facts import Decision, Field, FormKind
from policies.permissions import Role
from tests.factories import a_snils
from tests.gateway.web.pages.school.conftest import Browser, Desks
from tests.town import Child, Town

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ёся"))
SIGNER = {
    "signer-address": "680000, г. Хабаровск, ул. Тихая, д. 7",
    "signer-id_document-kind": "passport",
    "signer-id_document-series": "0812",
    "signer-id_document-number": "000000",
    "signer-id_document-issued_on-day": "4",
    "signer-id_document-issued_on-month": "5",
    "signer-id_document-issued_on-year": "2012",
    "signer-id_document-issued_by": "ОВД г. Хабаровска",
}
CHILD = {name.replace("signer-", "child-"): value for name, value in SIGNER.items()}
BOTH = (
    SIGNER
    | CHILD
    | {
        "child-id_document-kind": "birth_certificate",
        "child-id_document-series": "II-ДВ",
        "child-id_document-issued_on-year": "2016",
    }
)
REQUIRED = FOR_PEOPLE["required"]


@pytest.fixture
def listed(desks: Desks) -> Desks:
    """Two pupils in 7А; nobody has answered."""
    desks.town.import_children(CLASS)
    return desks


def day(name: str, on: Desks, days: int = 0) -> dict[str, object]:
    told = on.town.today() - timedelta(days=days)
    return {f"{name}-day": told.day, f"{name}-month": told.month, f"{name}-year": told.year}


def pupil_path(on: Desks, number: int = 1) -> str:
    return f"{on.collection}/pupils/{on.town.person(number)}"


def ask_path(on: Desks, form: FormKind = FormKind.CHILD) -> str:
    return f"{pupil_path(on)}/answers/{on.town.ask_of(on.town.person(101), form).id}"


def test_the_tracker_says_what_is_missing_and_filters_by_its_address(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    told = tutor.open(f"{listed.desk()}/pupils")
    assert "2 все 2 не решили 2 нет ответа семьи" in told
    assert "Семья ещё не ответила" in told
    assert tutor.page is not None
    assert f"{pupil_path(listed)}#documents" in tutor.page.text
    assert told.count("Пригласить ещё раз") == 2
    director = listed.of(Role.DIRECTOR).open(f"{listed.desk()}/pupils")
    assert "Записать ответ" not in director
    assert "Пригласить" not in director
    assert "Здесь никого нет" in tutor.open(f"{listed.desk()}/pupils?show=ready")
    assert "2 ученика" in tutor.open(f"{listed.desk()}/pupils?show=nonsense")


def test_a_tutor_hears_that_a_pupil_is_not_handed_over_and_not_why(listed: Desks):
    listed.town.answer(
        listed.town.ask_of(listed.town.person(101), FormKind.CHILD), Decision.REFUSED
    )
    for path in (f"{listed.desk()}/pupils", pupil_path(listed)):
        told = listed.of(Role.TUTOR).open(path)
        assert "не передаётся" in told
        assert "отказ" not in told
        assert "отказ, бумажный дневник" in listed.of(Role.REGISTRAR).open(path)


def test_a_pupil_of_another_class_is_not_there_for_a_tutor(listed: Desks):
    listed.town.import_children(
        [Child(3, class_name="8Б", guardians=(103,), born=CLASS[0].born.replace(year=2014))]
    )
    listed.of(Role.TUTOR).open(pupil_path(listed, 3), 404)
    listed.of(Role.REGISTRAR).open(pupil_path(listed, 3))
    other = Town(listed.wiring, number=29)
    listed.of(Role.REGISTRAR).open(
        f"/school/{other.collection_id}/pupils/{listed.town.person(1)}", 404
    )


def test_unique_values_are_masked_on_the_page_of_a_pupil(listed: Desks):
    told = listed.of(Role.TUTOR).open(pupil_path(listed))
    assert "Ёлкина Ева Юрьевна" in told
    assert "person1@example.org" not in told
    assert "000-00-01" not in told


def record(tutor: Browser, on: Desks, status: int = 200, **more: object) -> str:
    tutor.open(ask_path(on))
    fields = {"decision": "given", "identity": "document", **BOTH, **day("signed_on", on), **more}
    return tutor.post(ask_path(on), fields, status)


def test_an_answer_on_paper_is_recorded_by_who_checked_the_identity(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    told = record(tutor, listed)
    asked = listed.town.ask_of(listed.town.person(101), FormKind.CHILD)
    with listed.town.by(Role.REGISTRAR) as unit:
        (kept,) = unit.consents.list_answers(listed.town.school_id, [asked.id])
    assert f"Ответ записан, номер {kept.receipt_no}." in told
    assert "ответ есть" in told
    receipt = f"/school/receipts/{kept.facts.id}.pdf"
    assert receipt in tutor.page.text
    assert tutor.http.get(receipt).data.startswith(b"%PDF-")


def test_a_refusal_needs_no_address(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    tutor.open(ask_path(listed))
    told = {"decision": "refused", "identity": "document", **day("signed_on", listed)}
    told["signer-id_document-kind"] = "passport"
    assert "Ответ записан" in tutor.post(ask_path(listed), told)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"identity": ""}, "Выберите, как проверили личность", id="identity"),
        pytest.param({"decision": ""}, REQUIRED, id="decision"),
        pytest.param({"signed_on-day": "31", "signed_on-month": "2"}, "Такого дня нет", id="day"),
        pytest.param({"signer-address": ""}, REQUIRED, id="address"),
        pytest.param({"signed_on-year": "2027"}, "наступил", id="future"),
    ],
)
def test_a_slip_comes_back_with_what_was_typed(
    listed: Desks, changes: dict[str, object], said: str
):
    tutor = listed.of(Role.TUTOR)
    assert said in record(tutor, listed, 422, **changes)
    assert tutor.page is not None
    assert "ОВД г. Хабаровска" in tutor.page.text


def test_attempts_and_two_people_leave_a_silent_family_out(listed: Desks):
    path = pupil_path(listed)
    tutor = listed.of(Role.TUTOR)
    tutor.open(path)
    for days in (2, 1):
        told = tutor.post(f"{path}/attempts", {"channel": "phone", **day("made_on", listed, days)})
    assert told.count("звонок") >= 2
    registrar = listed.of(Role.REGISTRAR)
    registrar.open(path)
    assert "подтверждает директор" in registrar.send(f"{path}/leaving-out", reason="no_answer")
    director = listed.of(Role.DIRECTOR)
    ready = f"{listed.collection}/readiness"
    assert "Ждут вашего подтверждения" in director.open(ready)
    assert "Ученик 7А, 1 из 1" in director.text
    assert "Ёлкин" not in director.text
    assert "Ждут вашего подтверждения" not in registrar.open(ready)
    director.open(path)
    assert "Подтверждено" in director.send(f"{path}/leaving-out/confirmation")
    assert "без ответа, бумажный дневник" in director.text
    assert "Ждут вашего подтверждения" not in director.open(ready)


def test_one_attempt_is_not_enough_to_leave_out(listed: Desks):
    registrar = listed.of(Role.REGISTRAR)
    registrar.open(pupil_path(listed))
    path = f"{pupil_path(listed)}/leaving-out"
    assert "Попыток связаться с семьёй мало" in registrar.send(path, 422, reason="away")


def test_an_agreement_is_recorded_for_those_who_signed_it(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    told = tutor.open(pupil_path(listed))
    assert told.count("соглашения нет") == 1  # a child of eleven signs nothing
    fields = {"number": "12", "person_ids": str(listed.town.person(101))}
    path = f"{pupil_path(listed)}/agreements"
    told = tutor.post(path, {**fields, **day("signed_on", listed)})
    assert "соглашение № 12 от 1 сентября 2026" in told
    assert REQUIRED in tutor.post(path, {"number": "12", **day("signed_on", listed)}, 422)


def test_contacts_are_corrected_and_a_taken_one_is_refused(listed: Desks):
    path = f"{pupil_path(listed)}/people/{listed.town.person(101)}/contacts"
    tutor = listed.of(Role.TUTOR)
    tutor.open(path)
    fields = {"email": "new@example.org", "phone": "8 900 000-00-77"}
    assert "Контакты записаны" in tutor.post(path, fields)
    mother = listed.town.person(101)
    with listed.town.by(Role.REGISTRAR) as unit:
        held = unit.people.items(listed.town.school_id)[mother].values
    assert held[Field.PHONE] == "+79000000077"
    tutor.open(path)
    told = tutor.post(path, {"email": "person102@example.org", "phone": "8"}, 422)
    assert "Ошибка" in told
    tutor.post(path, {"email": "person102@example.org"}, 422)
    foreign = f"{pupil_path(listed)}/people/{listed.town.person(102)}/contacts"
    tutor.open(foreign, 404)


def test_a_pupil_leaves_by_an_order(listed: Desks):
    registrar = listed.of(Role.REGISTRAR)
    registrar.open(pupil_path(listed))
    fields = {"order_no": "7-у", **day("order_on", listed)}
    assert "Ученик выбыл" in registrar.post(f"{pupil_path(listed)}/departure", fields)
    registrar.open(pupil_path(listed), 404)
    tutor = listed.of(Role.TUTOR)
    tutor.open(pupil_path(listed, 2))
    tutor.post(f"{pupil_path(listed, 2)}/departure", fields, 403)


def test_a_worker_sees_the_own_family_and_records_nothing_there(listed: Desks):
    with listed.town.by(Role.REGISTRAR) as unit:
        parent = add_staff(
            unit,
            "parent",
            "no hash",
            Role.TUTOR,
            listed.town.school_id,
            class_names=["7А"],
            snils=a_snils(101),
        )
    tutor = listed.of(Role.TUTOR, parent)
    told = tutor.open(pupil_path(listed))
    assert "Это ваша семья" in told
    assert "Записать" not in told.replace("Записать здесь", "")
    tutor.open(pupil_path(listed, 2))
    assert "Записать попытку" in tutor.text
    told = tutor.post(
        f"{pupil_path(listed)}/attempts",
        {"channel": "phone", **day("made_on", listed)},
        403,
    )
    assert "может только коллега" in told


def test_the_page_says_why_a_contact_cannot_sign(listed: Desks):
    path = f"{pupil_path(listed)}/people/{listed.town.person(101)}/contacts"
    tutor = listed.of(Role.TUTOR)
    tutor.open(path)
    told = tutor.post(path, {"email": "new@example.org", "phone": "8 900 000-00-77"})
    assert "Подписать через них можно через сутки, на бумаге — сразу" in told
