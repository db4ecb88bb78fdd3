"""What a family sends and sees: link, code, items, document, answer, receipt."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import fields

from gateway.actions.name_newcomer import ToldOfSelf
from gateway.actions.record_agreement import Authority
from gateway.web.schemas.fields import (
    Personal,
    Wire,
    a_choice,
    a_day,
    a_digest,
    a_match,
    a_moment,
    a_part,
    a_text,
    an_id,
    parts_of,
    some,
)
from gateway.web.schemas.parts import DetailsIn
from policies.facts import Decision, Field, FormKind, GuardianKind


class FamilyDecision(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"


class LinkOut(Wire):
    """`phone` is masked: the code goes there."""

    school = a_text()
    school_phone = a_text()
    zone = a_text()
    deadline_on = a_day()
    given_names = some(a_text())
    phone = a_text()


class NewSession(Wire):
    code = a_match("[0-9]{6}", "code_form")


class SessionMade(Wire):
    token = a_text()
    expires_at = a_moment()


class StandingAnswer(Wire):
    id = an_id()
    decision = a_choice(Decision)
    decided_at = a_moment()


class OwnAsk(Wire):
    """One document to sign or refuse. `given_name`: of the person whose data it is about.

    `asked_again`: a name, birth date or SNILS has changed since the consent, which counts no more.
    """

    id = an_id()
    form = a_choice(FormKind)
    subject_id = an_id()
    given_name = a_text()
    answer = a_part(StandingAnswer, allow_none=True)
    asked_again = fields.Boolean(required=True)


class OwnAsks(Wire):
    asks = parts_of(OwnAsk)
    next = a_text(allow_none=True)


class Corrected(Wire):
    changed = some(a_text())


class DocumentWanted(Wire):
    decision = a_choice(FamilyDecision)
    details = a_part(DetailsIn, required=False)


class DocumentOut(Wire):
    """`digest`: SHA-256 of the UTF-8 bytes of `html`; the answer repeats it."""

    digest = a_digest()
    html = fields.String(required=True)
    form = a_text()
    form_version = a_text()
    text_digest = a_digest()


class CodeWanted(DocumentWanted):
    digest = a_digest()


class NewAnswer(CodeWanted):
    """`code`: of the message that named this document."""

    code = a_match("[0-9]{6}", "code_form")


class AnswerMade(Wire):
    """`receipt`: JWS, proves the answer to anybody and holds no personal value."""

    answer_id = an_id()
    decision = a_choice(Decision)
    decided_at = a_moment()
    receipt_no = a_text()
    receipt = fields.String(required=True)


class NewNewcomer(Wire):
    """Another representative. `document`: that of the rights; `number` … `issuer` are its."""

    kind = a_choice(GuardianKind)
    family_name = Personal(Field.FAMILY_NAME, required=True)
    given_name = Personal(Field.GIVEN_NAME, required=True)
    patronymic = Personal(Field.PATRONYMIC)
    birth_date = Personal(Field.BIRTH_DATE, required=True)
    email = Personal(Field.EMAIL, required=True)
    phone = Personal(Field.PHONE, required=True)
    document = a_text(120)
    number = a_text(60)
    issued_on = a_day()
    issuer = a_text(200)


def told_of_self(read: Mapping[str, Any]) -> ToldOfSelf:
    """What `NewNewcomer` has read, as the action takes it."""
    paper = Authority(read["document"], read["number"], read["issued_on"], read["issuer"])
    values = {item: read[item.value] for item in Field if item.value in read}
    return ToldOfSelf(read["kind"], values, paper)
