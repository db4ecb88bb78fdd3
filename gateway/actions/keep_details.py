"""Address and identity document, kept between the pages of one sitting.

They are sealed under the signer's evidence key, go into the document alone, and are forgotten
after a day whether it was signed or not.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from consent_forms.facts import IdDocument, IdKind
from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.keep_answer import details_record
from gateway.actions.personal_document import (
    Details,
    SigningDetails,
    open_sitting,
    require_papers,
)
from gateway.actions.pinned_rules import rules_of
from gateway.errors import NotFound
from gateway.store.consents import Ask
from gateway.store.links import FamilySession
from gateway.unit import Unit
from policies.facts import FormKind

SITTING = timedelta(hours=24)


def keep_details(unit: Unit, session: FamilySession, ask_id: UUID, told: SigningDetails) -> None:
    """Keep what the signer told of self and child. Told again, it replaces.

    Raises `NotFound`, and `BadInput` for papers that the document would not take.
    """
    ask = _ask(unit, session, ask_id)
    collection = unit.collections.get(session.school_id, session.collection_id)
    sitting = open_sitting(unit, rules_of(collection), session.school_id, collection, ask)
    require_papers(sitting, told, sitting.school.today(unit.now))
    for person, details in ((ask.signer_id, told.signer), (ask.subject_id, told.child)):
        if details is not None:
            sealed = unit.vault.seal(
                session.school_id,
                session.signer_id,
                KeyClass.EVIDENCE,
                RecordKind.DETAILS,
                canonical.dumps({"person": str(person), **details_record(details)}),
            )
            unit.sittings.keep_details(
                session.school_id, session.signer_id, person, sealed, unit.now
            )


def known_details(unit: Unit, session: FamilySession, ask_id: UUID) -> SigningDetails:
    """What was told in this sitting; None for a person of whom nothing was told.

    Raises `NotFound`.
    """
    ask = _ask(unit, session, ask_id)
    found = unit.sittings.details(session.school_id, session.signer_id, unit.now - SITTING)
    told = {person: _opened(unit, session, person, sealed) for person, sealed in found.items()}
    child = told.get(ask.subject_id) if ask.form is FormKind.CHILD else None
    return SigningDetails(told.get(ask.signer_id), child)


def is_complete(ask: Ask, told: SigningDetails) -> bool:
    """Nothing is missing for the consent."""
    return told.signer is not None and (ask.form is not FormKind.CHILD or told.child is not None)


def forget_sittings(unit: Unit, school_id: UUID) -> int:
    """Destroy what was told a day ago and earlier; answers how many rows."""
    return unit.sittings.forget(school_id, unit.now - SITTING)


def _ask(unit: Unit, session: FamilySession, ask_id: UUID) -> Ask:
    ask = unit.consents.get_ask(session.school_id, ask_id)
    if (ask.signer_id, ask.collection_id) != (session.signer_id, session.collection_id):
        raise NotFound
    return ask


def _opened(unit: Unit, session: FamilySession, person: UUID, sealed: bytes) -> Details:
    """Raises `NotFound` for a record that was put into another person's row."""
    plain = unit.vault.open(
        session.school_id, session.signer_id, KeyClass.EVIDENCE, RecordKind.DETAILS, sealed
    )
    record = canonical.loads(plain)
    if not isinstance(record, dict) or record.pop("person") != str(person):
        raise NotFound
    address = record.pop("address")
    issued_on = date.fromisoformat(record.pop("issued_on"))
    paper = IdDocument(kind=IdKind(record.pop("kind")), issued_on=issued_on, **record)
    return Details(address, paper)
