"""The code that signs: it goes to the signer's phone, names one document and signs it alone.

The code that opened the session proved who came; this one proves that they signed this document
(63-FZ art. 9). It is limited like the other: ten minutes, five guesses, counted before compared.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from uuid import UUID

from crypto import jose
from crypto.secrets_text import RECEIPT_ALPHABET, code_tag, new_code
from gateway.actions.answer import check_answer, keep_signed, sitting_of, standing_answer
from gateway.actions.personal_document import SigningDetails
from gateway.actions.send_message import send_sms
from gateway.errors import (
    CodeExpired,
    CodeNotSent,
    CodeSpent,
    CodeWrong,
    DigestMismatch,
    GatewayError,
    NotFound,
    TooManyAttempts,
)
from gateway.messages import texts
from gateway.settings import Host
from gateway.store.consents import Answer
from gateway.store.limits import Limit
from gateway.store.links import FamilySession
from gateway.store.sittings import SignCode
from gateway.unit import Unit
from policies.contacts import mask_phone
from policies.facts import Decision, Field

CODE_PAUSE = timedelta(seconds=60)
# A family of five with both documents, each sent twice.
CODES_OF_SIGNER = Limit("codes.signing", 30, timedelta(hours=1))
MARK_SIGNS = 4


def document_mark(digest: str) -> str:
    """«7K4M»: four signs by which a person tells documents apart, from the hex digest."""
    number = int(digest[:5], 16)
    return "".join(RECEIPT_ALPHABET[number >> 5 * place & 31] for place in range(MARK_SIGNS))


def where_code_goes(unit: Unit, session: FamilySession) -> str:
    """The signer's phone, masked; empty for a signer without one."""
    items = unit.people.items(session.school_id, [session.signer_id]).get(session.signer_id)
    unit.record("person.read", person_id=session.signer_id, purpose="code_sent")
    return mask_phone(items.values[Field.PHONE]) if items and Field.PHONE in items.values else ""


def send_sign_code(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    decision: Decision,
    digest: str,
    details: SigningDetails,
    host: Host,
    code_key: bytes,
) -> None:
    """Send a code for the document of that digest. Within a minute the same document gets no other.

    Raises as `answer`, `TooManyAttempts`, and `NotFound` for a signer without a phone.
    """
    school_id = unit.lock_school(session.school_id)
    sitting = check_answer(unit, session, ask_id, decision, digest, details, host)
    last = unit.sittings.find_code(school_id, ask_id, session.link_id)
    if (
        last is not None
        and unit.now - last.sent_at < CODE_PAUSE
        and _is_for(last, decision, digest)
    ):
        return
    phone = sitting.signer.values.get(Field.PHONE)
    if phone is None:
        raise NotFound
    seconds = unit.limits.use(CODES_OF_SIGNER, str(session.signer_id), unit.now)
    if seconds:
        raise TooManyAttempts(seconds)
    code, code_id = new_code(), unit.new_id()
    unit.sittings.keep_code(
        school_id,
        SignCode(
            id=code_id,
            ask_id=ask_id,
            link_id=session.link_id,
            decision=decision.value,
            document_digest=digest,
            code_tag=code_tag(code_key, code_id, code),
            sent_at=unit.now,
            guesses=0,
        ),
    )
    text = texts.sign_code(code, sitting.school.short_name, document_mark(digest))
    send_sms(unit, school_id, phone, text)


def sign(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    decision: Decision,
    digest: str,
    code: str,
    details: SigningDetails,
    host: Host,
    keys: jose.SigningKeys,
    code_key: bytes,
) -> Answer | GatewayError:
    """Keep the answer that the code signs, or the refusal of the code (which commits).

    Sent twice it is kept once, for the second finds it. Raises as `answer`.
    """
    school_id = unit.lock_school(session.school_id)
    sitting = sitting_of(unit, session, ask_id)
    kept = standing_answer(unit, sitting, decision, digest)
    if kept is not None:
        return kept
    sent = unit.sittings.find_code(school_id, ask_id, session.link_id)
    if sent is None:
        return CodeNotSent()
    if not _is_for(sent, decision, digest):
        raise DigestMismatch
    terms = sitting.rules.terms
    if unit.now - sent.sent_at > timedelta(minutes=terms.code_minutes):
        return CodeExpired()
    if sent.guesses >= terms.code_guesses:
        return CodeSpent()
    unit.sittings.count_guess(school_id, sent.id)
    if not hmac.compare_digest(sent.code_tag, code_tag(code_key, sent.id, code)):
        unit.record("code.refused", link_id=session.link_id, guesses=sent.guesses + 1)
        return CodeWrong()
    made = keep_signed(unit, session, sitting, decision, digest, details, host, keys)
    unit.sittings.drop_code(school_id, ask_id, session.link_id)
    return made


def _is_for(sent: SignCode, decision: Decision, digest: str) -> bool:
    return sent.decision == decision.value and hmac.compare_digest(sent.document_digest, digest)
