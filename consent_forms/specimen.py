"""Invented facts with which the linter reads a text. Every value is unlike every other, so a
value that is not found in its section was not written there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from types import MappingProxyType

from consent_forms.facts import (
    AuthorityDocument,
    DocumentFacts,
    EarlierConsent,
    IdDocument,
    IdKind,
    Operator,
    Person,
    Processing,
    Recipient,
    Signing,
)
from policies.facts import EvidenceLevel, Field, FormKind, GuardianKind, Items

_ITEMS = MappingProxyType(
    {
        Field.FAMILY_NAME: "Образцов",
        Field.GIVEN_NAME: "Лев",
        Field.PATRONYMIC: "Примерович",
        Field.BIRTH_DATE: "2014-03-05",
        Field.SNILS: "00100199864",
        Field.EMAIL: "lev@example.org",
        Field.PHONE: "+79000000017",
    }
)


def specimen(kind: FormKind, listed: Collection[Field] = tuple(Field)) -> DocumentFacts:
    """A complete document of `kind` about people who do not exist, with the items `listed`."""
    child = kind is FormKind.CHILD
    return DocumentFacts(
        kind=kind,
        programme_title="Образцовая электронная школа",
        operator=Operator(
            legal_name="Муниципальное бюджетное учреждение «Школа-образец»",
            address="680000, г. Образцовск, ул. Школьная, д. 1",
            inn="0000000001",
            ogrn="0000000000002",
            phone="+7 421 000-00-03",
        ),
        processing=Processing(
            legal_name="Краевое учреждение «Центр-образец»",
            address="680001, г. Образцовск, ул. Серверная, д. 2",
            instruction_no="П-004",
            instruction_on=date(2025, 2, 6),
        ),
        recipient=Recipient(
            legal_name="Департамент образцовых технологий",
            address="101000, г. Примерск, ул. Приёмная, д. 5",
        ),
        signer=Person(
            full_name="Образцова Ева Примеровна",
            address="680002, г. Образцовск, ул. Взрослая, д. 7",
            id_document=IdDocument(
                kind=IdKind.PASSPORT,
                series="0001",
                number="000008",
                issued_on=date(2011, 4, 9),
                issued_by="УМВД образца",
                department_code="000-010",
            ),
        ),
        subject=Person(
            full_name="Образцов Лев Примерович",
            address="680003, г. Образцовск, ул. Детская, д. 11",
            id_document=IdDocument(
                kind=IdKind.BIRTH_CERTIFICATE,
                series="I-ОБ",
                number="000012",
                issued_on=date(2014, 5, 13),
                issued_by="ЗАГС образца",
            ),
        )
        if child
        else None,
        guardian=GuardianKind.GUARDIAN if child else None,
        relation="опекун" if child else "",
        authority=AuthorityDocument(
            kind="акт органа опеки",
            number="015-А",
            issued_on=date(2015, 6, 16),
            issuer="Опека образца",
        )
        if child
        else None,
        items=Items({item: value for item, value in _ITEMS.items() if item in listed}),
        answer_by=date(2026, 9, 18),
        valid_until=date(2032, 8, 31),
        signing=Signing(EvidenceLevel.LOCAL_PEP, "СЭП-019", date(2026, 1, 20)),
        decided_on=date(2026, 9, 14),
        earlier=EarlierConsent(date(2026, 7, 21), "0000-0000-0000-0022"),
    )
