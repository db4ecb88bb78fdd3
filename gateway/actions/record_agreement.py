"""Record agreements on simple e-signature, and documents of authority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.narrow_bundle import withdraw_from_bundles
from gateway.actions.open_asks import open_asks
from gateway.actions.own_classes import require_people
from gateway.actions.own_family import require_no_relative
from gateway.errors import BadInput, NotFound
from gateway.store.agreements import Agreement
from gateway.unit import Unit
from policies.permissions import Permission
from policies.requisites import authority_findings


def record_agreements(unit: Unit, person_ids: Sequence[UUID], number: str, signed_on: date) -> int:
    """One agreement number for several people who signed the same sheet; 63-FZ art. 6, 9.

    Said twice it is recorded once. Answers how many were new. Raises `NotFound`, `BadInput`.
    """
    school_id = unit.lock_school()
    if signed_on > unit.schools.get(school_id).today(unit.now):
        raise BadInput({"/signed_on": "date_in_future"})
    known = unit.people.versions(school_id)
    if not set(person_ids) <= known.keys():
        raise NotFound
    require_people(unit, Permission.RECORD_AGREEMENT, person_ids)
    return keep_agreements(unit, school_id, [(who, number, signed_on) for who in person_ids])


def keep_agreements(unit: Unit, school_id: UUID, agreed: Iterable[tuple[UUID, str, date]]) -> int:
    """(person, number, day) of each; those on record are passed over. Answers how many were new.

    The school is locked, and somebody has looked whose people they are.
    """
    known = unit.agreements.numbers(school_id)
    days = {(who, number): day for who, number, day in agreed if (who, number) not in known}
    new = [Agreement(unit.new_id(), *key, day) for key, day in days.items()]
    events = unit.record_many(
        [
            (
                "agreement.recorded",
                {"agreement_id": a.id, "person_id": a.person_id, "signed_on": a.signed_on},
            )
            for a in new
        ]
    )
    unit.agreements.add_many(school_id, zip(new, events, strict=True))
    return len(new)


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """What makes a guardian: act of the guardianship body, court decision. Kept sealed."""

    kind: str
    number: str
    issued_on: date
    issuer: str


def record_authority(
    unit: Unit, guardianship_id: UUID, authority: Authority, ends_on: date | None
) -> None:
    """Keep the document of a representative; asks that it opens are opened.

    Raises `NotFound`, `BadInput` for days that contradict each other.
    """
    school_id = unit.lock_school()
    link = next(
        (g for g in unit.pupils.list_guardianships(school_id) if g.id == guardianship_id), None
    )
    if link is None:
        raise NotFound
    require_no_relative(unit, Permission.RECORD_AUTHORITY, [link.guardian_id, link.pupil_id])
    ward = unit.people.items(school_id, [link.pupil_id]).get(link.pupil_id)
    today = unit.schools.get(school_id).today(unit.now)
    born = ward.birth_date if ward else None
    if found := authority_findings(authority.issued_on, ends_on, born, today):
        raise BadInput({f"/{finding.part}": finding.code.value for finding in found})
    sealed = unit.vault.seal(
        school_id,
        link.guardian_id,
        KeyClass.EVIDENCE,
        RecordKind.AUTHORITY,
        canonical.dumps(
            {
                "kind": authority.kind,
                "number": authority.number,
                "issued_on": authority.issued_on.isoformat(),
                "issuer": authority.issuer,
            }
        ),
    )
    event = unit.record(
        "authority.recorded", guardianship_id=guardianship_id, person_id=link.guardian_id
    )
    unit.pupils.record_authority(school_id, guardianship_id, sealed, ends_on, event)
    for collection in unit.collections.of_school(school_id):
        open_asks(unit, school_id, collection.id)
    withdraw_from_bundles(unit, school_id)


def read_authority(unit: Unit, school_id: UUID, link_id: UUID, guardian: UUID) -> Authority | None:
    """The document of a representative; None when there is none on record."""
    sealed = unit.pupils.sealed_authority(school_id, link_id)
    if sealed is None:
        return None
    plain = unit.vault.open(school_id, guardian, KeyClass.EVIDENCE, RecordKind.AUTHORITY, sealed)
    record = canonical.loads(plain)
    if not isinstance(record, dict):
        raise NotFound
    return Authority(
        record["kind"], record["number"], date.fromisoformat(record["issued_on"]), record["issuer"]
    )
