"""What a school does: collection, class desks, invitations, paper, people who leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.actions import appoint_acting as acting
from gateway.actions import hand_in_class as handing_in
from gateway.actions import invite as inviting
from gateway.actions import (
    leave_out,
    leave_school,
    open_collection,
    read_class,
    readiness,
    record_agreement,
    versions,
)
from gateway.web.auth import needs
from gateway.web.context import current_unit, current_wiring
from gateway.web.paging import id_page, part_of
from gateway.web.preconditions import etag, told_versions
from gateway.web.routes import Routes, Takes
from gateway.web.schemas import school as wire
from gateway.web.schemas.pages import ListPage
from gateway.web.shapes import class_sum, desk_pupil
from policies.permissions import Permission, Role

school = Routes("school", "The school of the worker who is signed in")

SEE = needs(Permission.READ_READINESS)
LIST = Takes(ListPage, "query")
COLLECTIONS = "/v1/school/collections"
COLLECTION = f"{COLLECTIONS}/<uuid:collection_id>"
CLASS = f"{COLLECTION}/classes/<uuid:class_id>"
ACTING = "/v1/school/acting-directors"
LEAVING_OUT = f"{COLLECTION}/pupils/<uuid:pupil_id>/leaving-out"


@school.on("GET", "/v1/school", SEE, gives=wire.SchoolOut)
def see_school() -> Mapping[str, object]:
    """The school with its passport and classes."""
    unit = current_unit()
    found = unit.schools.get(unit.school_id)
    names = unit.schools.class_names(found.id)
    return {
        **{name: getattr(found, name) for name in found.__slots__},
        "is_complete": found.is_complete,
        "classes": [{"id": class_id, "name": name} for class_id, name in names.items()],
    }


@school.on(
    "POST",
    COLLECTIONS,
    needs(Permission.OPEN_COLLECTION),
    takes=wire.NewCollection,
    gives=wire.CollectionMade,
    status=201,
)
def start_collection(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Open a collection of one programme."""
    collection_id = open_collection.open_collection(
        current_unit(), told["programme"], told["opens_on"], told["deadline_on"]
    )
    return {"collection_id": collection_id}


@school.on("GET", COLLECTIONS, SEE, takes=LIST, gives=wire.CollectionsOut)
def list_collections(told: Mapping[str, Any]) -> object:
    """Collections of the school."""
    unit = current_unit()
    found = unit.collections.of_school(unit.school_id)
    return part_of("collections", [(one.id, one) for one in found], told)


@school.on("GET", COLLECTION, SEE, gives=wire.CollectionOut)
def see_collection(collection_id: UUID) -> object:
    """One collection; its ETag guards the deadline."""
    unit = current_unit()
    version = versions.collection_version(unit, unit.school_id, collection_id)
    return unit.collections.get(unit.school_id, collection_id), etag(version)


@school.on(
    "PUT",
    f"{COLLECTION}/deadline",
    needs(Permission.OPEN_COLLECTION),
    takes=wire.NewDeadline,
    status=204,
    guarded=True,
)
def move_deadline(told: Mapping[str, Any], collection_id: UUID) -> None:
    """Set another deadline."""
    open_collection.move_deadline(
        current_unit(), collection_id, told["deadline_on"], told_versions()
    )


@school.on("GET", f"{COLLECTION}/enrolments", SEE, takes=LIST, gives=wire.EnrolmentsOut)
def list_enrolments(told: Mapping[str, Any], collection_id: UUID) -> object:
    """Headcounts as they were stated; the ETag is that of all of them."""
    unit = current_unit()
    unit.collections.get(unit.school_id, collection_id)
    found = unit.collections.enrolments(unit.school_id, collection_id)
    body, headers = part_of("enrolments", [(one.class_id, one) for one in found], told)
    version = versions.enrolments_version(unit, unit.school_id, collection_id)
    return body, {**headers, **etag(version)}


@school.on(
    "PUT",
    f"{COLLECTION}/enrolments",
    needs(Permission.STATE_ENROLMENT),
    takes=wire.NewEnrolment,
    gives=wire.EnrolmentMade,
    guarded=True,
)
def state_enrolment(told: Mapping[str, Any], collection_id: UUID) -> Mapping[str, object]:
    """State the headcount of a class."""
    class_id = open_collection.state_enrolment(
        current_unit(),
        collection_id,
        told["name"],
        told["headcount"],
        told["order_no"],
        told["order_on"],
        told_versions(),
    )
    return {"class_id": class_id}


@school.on(
    "POST",
    "/v1/school/agreements",
    needs(Permission.RECORD_AGREEMENT),
    takes=wire.NewAgreements,
    gives=wire.AgreementsMade,
    status=201,
)
def record_agreements(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Record agreements on simple e-signature."""
    recorded = record_agreement.record_agreements(
        current_unit(), told["person_ids"], told["number"], told["signed_on"]
    )
    return {"recorded": recorded}


@school.on(
    "POST",
    "/v1/school/guardianships/<uuid:guardianship_id>/authority",
    needs(Permission.RECORD_AUTHORITY),
    takes=wire.NewAuthority,
    status=204,
)
def record_authority(told: Mapping[str, Any], guardianship_id: UUID) -> None:
    """Record the document that makes a guardian."""
    authority = record_agreement.Authority(
        told["kind"], told["number"], told["issued_on"], told["issuer"]
    )
    record_agreement.record_authority(
        current_unit(), guardianship_id, authority, told.get("ends_on")
    )


@school.on(
    "POST",
    f"{COLLECTION}/invitations",
    needs(Permission.INVITE),
    takes=wire.NewInvitations,
    gives=wire.Invited,
    status=201,
)
def invite(told: Mapping[str, Any], collection_id: UUID) -> object:
    """Send links to those who have not answered."""
    public_url = current_wiring().host.public_url
    return inviting.invite(current_unit(), collection_id, public_url, told.get("class_id"))


@school.on(
    "GET",
    f"{COLLECTION}/imports",
    needs(Permission.IMPORT_ROSTER),
    takes=LIST,
    gives=wire.ImportsPage,
)
def list_imports(told: Mapping[str, Any], collection_id: UUID) -> object:
    """Uploaded lists and what became of them; a tutor sees own ones."""
    unit = current_unit()
    unit.collections.get(unit.school_id, collection_id)
    own = unit.actor.ref if unit.actor.role is Role.TUTOR else None
    found = unit.imports.page(unit.school_id, collection_id, own, told["after"], told["limit"])
    return id_page("imports", [(one.id, one) for one in found], told)


@school.on("GET", f"{COLLECTION}/classes", SEE, takes=LIST, gives=wire.ClassSums)
def list_classes(told: Mapping[str, Any], collection_id: UUID) -> object:
    """Sums of every class, of a tutor's own ones; codes only, nobody is named."""
    unit = current_unit()
    state = readiness.see_readiness(unit, collection_id)
    with_why = readiness.knows_why(unit)
    found = readiness.told_readiness(unit, state.readiness).classes
    sums = [(one.class_id, class_sum(one, with_why=with_why)) for one in found]
    return part_of("classes", sums, told)


@school.on("GET", CLASS, needs(Permission.READ_CLASS), takes=LIST, gives=wire.DeskOut)
def see_class(told: Mapping[str, Any], collection_id: UUID, class_id: UUID) -> object:
    """The class desk: who is in the class and how each stands. The read is journalled."""
    desk = read_class.read_class(current_unit(), collection_id, class_id)
    return part_of("pupils", [(pupil.person_id, desk_pupil(pupil)) for pupil in desk], told)


@school.on(
    "POST",
    f"{CLASS}/hand-in",
    needs(Permission.HAND_IN_CLASS),
    gives=wire.HandedIn,
)
def hand_in_class(collection_id: UUID, class_id: UUID) -> Mapping[str, object]:
    """Hand in a class in which everybody is settled."""
    return {"pupils": handing_in.hand_in_class(current_unit(), collection_id, class_id)}


@school.on(
    "POST",
    ACTING,
    needs(Permission.APPOINT_ACTING),
    takes=wire.NewActing,
    gives=wire.ActingMade,
    status=201,
)
def appoint_acting(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Name who stands in for the director, by an order and its days."""
    unit = current_unit()
    return {"acting_id": acting.appoint_acting(unit, unit.school_id, **told)}


@school.on("DELETE", f"{ACTING}/<uuid:acting_id>", needs(Permission.APPOINT_ACTING), status=204)
def end_acting(acting_id: UUID) -> None:
    """Take the order back before its last day."""
    unit = current_unit()
    acting.end_acting(unit, unit.school_id, acting_id)


@school.on(
    "POST",
    "/v1/school/pupils/<uuid:pupil_id>/attempts",
    needs(Permission.RECORD_ATTEMPT),
    takes=wire.NewAttempt,
    gives=wire.AttemptMade,
    status=201,
)
def record_attempt(told: Mapping[str, Any], pupil_id: UUID) -> Mapping[str, object]:
    """Record an attempt to reach the family."""
    attempt_id = leave_out.record_attempt(
        current_unit(), pupil_id, told["made_on"], told["channel"].value
    )
    return {"attempt_id": attempt_id}


@school.on(
    "POST",
    LEAVING_OUT,
    needs(Permission.PROPOSE_LEAVING_OUT),
    takes=wire.NewLeavingOut,
    gives=wire.LeavingOutMade,
    status=201,
)
def propose_leaving_out(
    told: Mapping[str, Any], collection_id: UUID, pupil_id: UUID
) -> Mapping[str, object]:
    """Propose to leave a silent family on paper."""
    leaving_out_id = leave_out.propose_leaving_out(
        current_unit(), collection_id, pupil_id, told["reason"].value
    )
    return {"leaving_out_id": leaving_out_id}


@school.on(
    "POST",
    f"{LEAVING_OUT}/confirmation",
    needs(Permission.CONFIRM_LEAVING_OUT),
    status=204,
)
def confirm_leaving_out(collection_id: UUID, pupil_id: UUID) -> None:
    """Agree with a leaving out as the second person; the family is told."""
    public_url = current_wiring().host.public_url
    leave_out.confirm_leaving_out(current_unit(), collection_id, pupil_id, public_url)


@school.on(
    "POST",
    "/v1/school/pupils/<uuid:pupil_id>/departure",
    needs(Permission.STATE_ENROLMENT),
    takes=wire.NewDeparture,
    status=204,
)
def record_departure(told: Mapping[str, Any], pupil_id: UUID) -> None:
    """Take a pupil off the list by an order."""
    leave_school.leave_school(current_unit(), pupil_id, told["order_no"], told["order_on"])
