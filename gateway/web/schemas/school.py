"""What tutors, registrars and directors send and see."""

from __future__ import annotations

from enum import StrEnum

from marshmallow import fields

from gateway.store.imports import ImportState
from gateway.web.schemas.fields import (
    Wire,
    a_choice,
    a_class_name,
    a_day,
    a_digest,
    a_moment,
    a_number,
    a_part,
    a_text,
    an_id,
    parts_of,
    some,
)
from gateway.web.schemas.parts import ItemsOut, Remark
from policies.facts import FormKind, GuardianKind
from policies.standing import StandingKind

MOST_PUPILS = 10_000


class Channel(StrEnum):
    """How a family was tried to be reached."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    MESSENGER = "messenger"
    LETTER = "letter"
    VISIT = "visit"
    MEETING = "meeting"


class Reason(StrEnum):
    """Why a silent family is left on paper."""

    NO_ANSWER = "no_answer"
    CONTACTS_WRONG = "contacts_wrong"
    AWAY = "away"


class ClassOut(Wire):
    id = an_id()
    name = a_text()


class SchoolOut(Wire):
    """`is_complete`: the passport names everything that documents need."""

    id = an_id()
    short_name = a_text()
    zone = a_text()
    is_complete = fields.Boolean(required=True)
    legal_name = a_text(allow_none=True)
    address = a_text(allow_none=True)
    inn = a_text(allow_none=True)
    ogrn = a_text(allow_none=True)
    phone = a_text(allow_none=True)
    instruction_no = a_text(allow_none=True)
    instruction_on = a_day(allow_none=True)
    act_no = a_text(allow_none=True)
    act_on = a_day(allow_none=True)
    classes = parts_of(ClassOut)


class NewCollection(Wire):
    programme = a_text(64)
    opens_on = a_day()
    deadline_on = a_day()


class CollectionMade(Wire):
    collection_id = an_id()


class CollectionOut(Wire):
    id = an_id()
    programme = a_text()
    policy_digest = a_digest()
    opens_on = a_day()
    deadline_on = a_day()


class CollectionsOut(Wire):
    collections = parts_of(CollectionOut)
    next = a_text(allow_none=True)


class NewDeadline(Wire):
    deadline_on = a_day()


class NewEnrolment(Wire):
    """Headcount of a class by an order of the school; said again it replaces."""

    name = a_class_name(data_key="class")
    headcount = a_number(0, 100)
    order_no = a_text(40)
    order_on = a_day()


class EnrolmentMade(Wire):
    class_id = an_id()


class ImportEntry(Wire):
    """One uploaded list. `file_digest`: SHA-256 of the file."""

    id = an_id()
    staff_id = an_id()
    state = a_choice(ImportState)
    file_digest = a_digest()
    uploaded_at = a_moment()


class ImportsPage(Wire):
    imports = parts_of(ImportEntry)
    next = a_text(allow_none=True)


class EnrolmentOut(Wire):
    class_id = an_id()
    headcount = a_number(0, 100)
    order_no = a_text()
    order_on = a_day()


class EnrolmentsOut(Wire):
    enrolments = parts_of(EnrolmentOut)
    next = a_text(allow_none=True)


class NewAgreements(Wire):
    """One sheet that several people signed (63-FZ art. 6, 9)."""

    person_ids = some(an_id(), MOST_PUPILS, required=True)
    number = a_text(40)
    signed_on = a_day()


class AgreementsMade(Wire):
    recorded = a_number(0, MOST_PUPILS)


class NewAuthority(Wire):
    """Act of the guardianship body, court decision. `ends_on`: last day."""

    kind = a_text(120)
    number = a_text(60)
    issued_on = a_day()
    issuer = a_text(200)
    ends_on = a_day(required=False, allow_none=True)


class AcceptedNewcomer(Wire):
    """Pupils whom a newcomer represents, of those of the link."""

    pupil_ids = some(an_id(), 20, load_default=list)


class NewInvitations(Wire):
    """Without `class_id`: everybody of the collection."""

    class_id = an_id(required=False, allow_none=True)


class Invited(Wire):
    """Ids of signers by what came of it."""

    sent = some(an_id())
    unreachable = some(an_id())
    recent = some(an_id())
    answered = some(an_id())


class NewAttempt(Wire):
    made_on = a_day()
    channel = a_choice(Channel)


class AttemptMade(Wire):
    attempt_id = an_id()


class NewLeavingOut(Wire):
    reason = a_choice(Reason)


class LeavingOutMade(Wire):
    leaving_out_id = an_id()


class NewDeparture(Wire):
    order_no = a_text(40)
    order_on = a_day()


class NewActing(Wire):
    """An order by which a worker stands in for the director; both days count."""

    staff_id = an_id()
    order_no = a_text(40)
    order_on = a_day()
    from_on = a_day()
    to_on = a_day()


class ActingMade(Wire):
    acting_id = an_id()


class HandedIn(Wire):
    pupils = a_number(0, MOST_PUPILS)


class CountsOut(Wire):
    """Pupils by standing; `paper` = refused + disputed + left_out, `listed` = everybody.

    Why pupils are on paper is null for a tutor, who does not learn it.
    """

    enrolled = a_number(0, MOST_PUPILS, allow_none=True)
    ready = a_number(0, MOST_PUPILS)
    refused = a_number(0, MOST_PUPILS, allow_none=True)
    disputed = a_number(0, MOST_PUPILS, allow_none=True)
    left_out = a_number(0, MOST_PUPILS, allow_none=True)
    waiting = a_number(0, MOST_PUPILS)
    paper = a_number(0, MOST_PUPILS)
    listed = a_number(0, MOST_PUPILS)


class ClassSum(Wire):
    class_id = an_id()
    name = a_text()
    handed_in = fields.Boolean(required=True)
    counts = a_part(CountsOut)
    findings = parts_of(Remark)


class ClassSums(Wire):
    classes = parts_of(ClassSum)
    next = a_text(allow_none=True)


class ReadinessOut(Wire):
    """The school may be released when `findings` is empty."""

    may_leave = fields.Boolean(required=True)
    deadline_on = a_day()
    totals = a_part(CountsOut)
    classes = parts_of(ClassSum)
    findings = parts_of(Remark)


class StandingOut(Wire):
    kind = a_choice(StandingKind)
    reasons = parts_of(Remark)


class DeskGuardianOut(ItemsOut):
    id = an_id()
    name = a_text()
    guardianship_id = an_id()
    kind = a_choice(GuardianKind)
    relation = a_text()
    has_authority = fields.Boolean(required=True)
    ends_on = a_day(allow_none=True)


class AskOut(Wire):
    id = an_id()
    form = a_choice(FormKind)
    signer_id = an_id()
    subject_id = an_id()


class DeskPupilOut(ItemsOut):
    id = an_id()
    name = a_text()
    standing = a_part(StandingOut)
    guardians = parts_of(DeskGuardianOut)
    asks = parts_of(AskOut)


class DeskOut(Wire):
    pupils = parts_of(DeskPupilOut)
    next = a_text(allow_none=True)


class ReleaseMade(Wire):
    """What the director is shown and has to repeat: `set_digest`."""

    release_id = an_id()
    collection_id = an_id()
    set_digest = a_digest()
    pupils = a_number(0, MOST_PUPILS)
    guardians = a_number(0, 2 * MOST_PUPILS)
    prepared_at = a_moment()


class NewApproval(Wire):
    set_digest = a_digest()


class BundleOut(Wire):
    """One revision. A moment is null until the thing has happened."""

    id = an_id()
    programme = a_text()
    school_id = an_id()
    release_id = an_id()
    revision = a_number(1, 1_000_000)
    supersedes = an_id(allow_none=True)
    digest = a_digest(metadata={"description": "SHA-256 of the content's bytes"})
    pupils = a_number(0, MOST_PUPILS)
    guardians = a_number(0, 2 * MOST_PUPILS)
    sealed_at = a_moment()
    superseded_at = a_moment(allow_none=True)
    pulled_at = a_moment(allow_none=True)
    acknowledged_at = a_moment(allow_none=True)
    gone_at = a_moment(allow_none=True)


class SchoolBundles(Wire):
    bundles = parts_of(BundleOut)
    next = a_text(allow_none=True)
