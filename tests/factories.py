"""Builders of invented people with good defaults: everything in order unless a test says else.

SNILS come from 900-000-000 up with a right check number, phones are +7 900 000-xx-xx and
addresses end in example.org: they belong to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from uuid import UUID

from argon2 import PasswordHasher

from policies.facts import (
    Absence,
    AnswerFacts,
    ClaimState,
    ClassFacts,
    ContactClaim,
    Decision,
    EvidenceLevel,
    Field,
    GuardianFacts,
    GuardianKind,
    Items,
    LeftOut,
    PupilFacts,
    PupilRow,
    RepresentativeRow,
)
from policies.snils import check_number

TODAY = date(2026, 9, 1)
DEADLINE = date(2026, 9, 15)
NOW = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
CLASS_ID = UUID(int=0x7A)

FORM_VERSION = "1"

_numbers = count(1)


def an_id(number: int | None = None) -> UUID:
    """A surrogate id; the same number gives the same id."""
    return UUID(int=next(_numbers) + (1 << 64) if number is None else number)


@cache
def stored_password(password: str) -> str:
    """A hash as the service keeps it, only quick to make and to compare."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def a_snils(number: int) -> str:
    """Valid SNILS number `number` of a range that belongs to nobody."""
    head = f"{900_000_000 + number:09d}"
    return head + check_number(head)


def items(
    number: int | None = None,
    *,
    born: date | None = date(2015, 3, 8),
    without: tuple[Field, ...] = (),
    absent: Mapping[Field, Absence] | None = None,
    **values: str,
) -> Items:
    """Complete items of invented person `number`; `without` and `absent` take values away."""
    number = next(_numbers) if number is None else number
    known = {
        Field.FAMILY_NAME: "Ёлкина",
        Field.GIVEN_NAME: "Ева",
        Field.PATRONYMIC: "Юрьевна",
        Field.SNILS: a_snils(number),
        Field.EMAIL: f"person{number}@example.org",
        Field.PHONE: f"+7900{number:07d}",
    }
    if born is not None:
        known[Field.BIRTH_DATE] = born.isoformat()
    known |= {Field(name): value for name, value in values.items()}
    gone = set(without) | set(absent or {})
    return Items({name: value for name, value in known.items() if name not in gone}, absent or {})


def an_answer(
    decision: Decision = Decision.GIVEN,
    *,
    form: str = "child",
    minute: int = 0,
    evidence: EvidenceLevel = EvidenceLevel.LOCAL_PEP,
    version: str = FORM_VERSION,
    text_digest: str = "a" * 64,
    has_agreement: bool = True,
    number: int | None = None,
) -> AnswerFacts:
    """One answer, `minute` minutes after NOW."""
    return AnswerFacts(
        id=an_id(number),
        decision=decision,
        decided_at=NOW + timedelta(minutes=minute),
        evidence=evidence,
        form=form,
        form_version=version,
        text_digest=text_digest,
        document_digest="d" * 64,
        has_agreement=has_agreement,
    )


def answers(*decisions: Decision | AnswerFacts, form: str = "child") -> tuple[AnswerFacts, ...]:
    """Answers one minute after another; ready-made ones are taken as they are."""
    return tuple(
        an_answer(each, form=form, minute=minute) if isinstance(each, Decision) else each
        for minute, each in enumerate(decisions)
    )


def a_guardian(
    *,
    child: tuple[Decision | AnswerFacts, ...] = (Decision.GIVEN,),
    own: tuple[Decision | AnswerFacts, ...] = (Decision.GIVEN,),
    kind: GuardianKind = GuardianKind.PARENT,
    has_authority: bool = True,
    ends_on: date | None = None,
    data: Items | None = None,
    claims: tuple[ClaimState, ...] = (ClaimState.SETTLED, ClaimState.SETTLED),
    number: int | None = None,
) -> GuardianFacts:
    """A mother who gave both consents and all her data."""
    return GuardianFacts(
        person_id=an_id(number),
        kind=kind,
        has_authority=has_authority,
        ends_on=ends_on,
        items=data if data is not None else items(born=date(1985, 5, 7)),
        child=answers(*child, form="child"),
        own=answers(*own, form="guardian_own"),
        claims=_of_contacts(claims),
    )


def _of_contacts(states: tuple[ClaimState, ...]) -> tuple[ContactClaim, ...]:
    """The first state is the e-mail's, the second the phone's."""
    contacts = zip((Field.EMAIL, Field.PHONE), states, strict=False)
    return tuple(ContactClaim(name, state) for name, state in contacts)


def a_pupil(
    *,
    born: date | None = date(2015, 3, 8),
    guardians: tuple[GuardianFacts, ...] | None = None,
    own: tuple[Decision | AnswerFacts, ...] = (),
    data: Items | None = None,
    claims: tuple[ClaimState, ...] = (ClaimState.SETTLED,),
    left_out: LeftOut | None = None,
    class_id: UUID = CLASS_ID,
    number: int | None = None,
) -> PupilFacts:
    """A pupil of eleven whose mother agreed to everything."""
    return PupilFacts(
        person_id=an_id(number),
        class_id=class_id,
        items=data if data is not None else items(born=born),
        guardians=guardians if guardians is not None else (a_guardian(),),
        own=answers(*own, form="pupil_own"),
        claims=_of_contacts(claims),
        left_out=left_out,
    )


def a_class(
    enrolled: int | None = 1, *, handed_in: bool = True, class_id: UUID = CLASS_ID
) -> ClassFacts:
    """Class 7А, handed in."""
    return ClassFacts(class_id, "7А", enrolled, handed_in)


def a_representative(
    number: int, *, relation: str = "мать", data: Items | None = None
) -> RepresentativeRow:
    """A mother as a class list states her; the same number is the same person."""
    mother = data if data is not None else items(number, born=date(1985, 5, 7))
    return RepresentativeRow(mother, GuardianKind.PARENT, relation)


def a_row(
    row: int,
    *,
    class_name: str = "5Б",
    data: Items | None = None,
    representatives: tuple[RepresentativeRow, ...] | None = None,
) -> PupilRow:
    """Row `row` of a class list with one mother; person numbers follow the row."""
    given = {"given_name": f"Ева{'абвгдежзик'[row % 10]}", "family_name": "Ёлкина"}
    return PupilRow(
        row,
        class_name,
        data if data is not None else items(row * 10, **given),
        (a_representative(row * 10 + 1),) if representatives is None else representatives,
    )
