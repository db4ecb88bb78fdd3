"""Texts and facts that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consent_forms.catalogue import Catalogue
from consent_forms.facts import DocumentFacts
from consent_forms.receipts import JournalPoint, ReceiptFacts
from consent_forms.specimen import specimen
from policies.facts import Decision, EvidenceLevel, FormKind

Facts = Callable[..., DocumentFacts]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def facts() -> Facts:
    """facts(FormKind.CHILD, decided_on=...)."""

    def build(kind: FormKind = FormKind.CHILD, **changes: object) -> DocumentFacts:
        return replace(specimen(kind), **changes)

    return build


@pytest.fixture
def receipt() -> ReceiptFacts:
    return ReceiptFacts(
        number="7K4M-92QF-XW3T-A8ND",
        decision=Decision.GIVEN,
        kind=FormKind.CHILD,
        evidence=EvidenceLevel.LOCAL_PEP,
        decided_at=datetime(2026, 9, 14, 5, 20, tzinfo=UTC),
        zone="Asia/Vladivostok",
        programme_title="Образцовая электронная школа",
        school_name="Муниципальное бюджетное учреждение «Школа-образец»",
        school_address="680000, г. Образцовск, ул. Школьная, д. 1",
        school_phone="+7 421 000-00-03",
        recipient_name="Департамент образцовых технологий",
        form_slug="child",
        form_version="1",
        text_digest="ab" * 32,
        document_digest="0123456789abcdef" * 4,
        answer_by=date(2026, 9, 25),
        class_name="7 «А»",
        journal=JournalPoint("journal.example.org", 1284, "fedcba9876543210" * 4),
    )
