"""Make one revision of a bundle: the document, signed, encrypted to the platform, sealed away."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC
from uuid import UUID

from audit.journal import last_checkpoint
from crypto import canonical, jose
from gateway.actions.issue_token import client_keys
from gateway.actions.release_set import Members, SchoolState
from gateway.errors import JournalBehind, PlatformMissing
from gateway.store.bundles import Approval, Bundle
from gateway.unit import Unit
from policies.consent import latest
from policies.facts import AnswerFacts, FormKind, Items, PupilFacts
from policies.programme import Programme, Subject

CONTENT_TYPE = "sg-bundle+jws"


def seal_bundle(
    unit: Unit,
    state: SchoolState,
    members: Members,
    approval: Approval,
    before: Bundle | None,
    keys: jose.SigningKeys,
) -> Bundle:
    """Build, sign and encrypt a revision and store it. The school is locked.

    `before`: the revision that this one supersedes. Raises `JournalBehind` before the first
    checkpoint, `PlatformMissing` when the programme has no platform client.
    """
    client = unit.clients.find(programme=state.rules.slug)
    if client is None:
        raise PlatformMissing
    bundle_id, revision = unit.new_id(), before.revision + 1 if before else 1
    document = canonical.dumps(
        _document(unit, state, members, approval, before, bundle_id, revision)
    )
    kid, key = next(iter(client_keys(client, jose.KeyUse.ENC).items()))
    content = jose.encrypt(
        jose.sign_bundle(keys, document).encode(), kid, key, CONTENT_TYPE
    ).encode()
    digest = hashlib.sha256(content).hexdigest()
    guardians = len(members.people) - len(members.guardians)
    event = unit.record(
        "bundle.sealed",
        school_id=state.school.id,
        bundle_id=bundle_id,
        release_id=approval.release_id,
        revision=revision,
        jwe_digest=digest,
        pupils=len(members.guardians),
        guardians=guardians,
    )
    bundle = Bundle(
        id=bundle_id,
        school_id=state.school.id,
        release_id=approval.release_id,
        collection_id=state.collection.id,
        programme=state.rules.slug,
        revision=revision,
        supersedes=before.id if before else None,
        digest=digest,
        pupils=len(members.guardians),
        guardians=guardians,
        sealed_at=unit.now,
        superseded_at=None,
        pulled_at=None,
        acknowledged_at=None,
        gone_at=None,
        sealed_event_id=event,
    )
    pairs = [
        (pupil, person)
        for pupil, guardians_of in members.guardians.items()
        for person in (pupil, *guardians_of)
    ]
    unit.bundles.add_bundle(bundle, content, pairs, event)
    return bundle


def _document(
    unit: Unit,
    state: SchoolState,
    members: Members,
    approval: Approval,
    before: Bundle | None,
    bundle_id: UUID,
    revision: int,
) -> dict[str, object]:
    """The payload (docs/formats/bundle.md). Every class adds up: enrolled = sent + paper diary."""
    point = last_checkpoint(unit.connection)
    if point is None:
        raise JournalBehind
    school = state.school
    facts = {p.person_id: p for p in state.pupils if p.person_id in members.guardians}
    names = {c.class_id: c.name for c in state.classes}
    return {
        "format": "sg-bundle/1",
        "bundle": str(bundle_id),
        "programme": state.rules.slug,
        "policy_digest": state.rules.digest,
        "school": {
            "id": str(school.id),
            "legal_name": school.legal_name,
            "address": school.address,
            "inn": school.inn,
        },
        "revision": revision,
        "supersedes": str(before.id) if before else None,
        "approved_at": approval.approved_at.astimezone(UTC).isoformat(timespec="seconds"),
        "issued_at": unit.now.astimezone(UTC).isoformat(timespec="seconds"),
        "counts": _counts(state, facts.values(), members),
        "pupils": [
            _pupil(facts[p], names[facts[p].class_id], members.guardians[p], state.rules)
            for p in members.guardians
        ],
        "guardians": _guardians(facts.values(), members, state.rules),
        "journal": {
            "origin": point.checkpoint.origin,
            "size": point.checkpoint.size,
            "root": point.checkpoint.root.hex(),
        },
    }


def _counts(state: SchoolState, sent: Iterable[PupilFacts], members: Members) -> dict[str, object]:
    enrolled = Counter(pupil.class_id for pupil in state.pupils)
    handed = Counter(pupil.class_id for pupil in sent)
    return {
        "pupils": handed.total(),
        "guardians": len(members.people) - handed.total(),
        "classes": [
            {
                "class": place.name,
                "enrolled": enrolled[place.class_id],
                "handed_over": handed[place.class_id],
                "paper_diary": enrolled[place.class_id] - handed[place.class_id],
            }
            for place in state.classes
        ],
    }


def _pupil(
    pupil: PupilFacts, class_name: str, guardians: tuple[UUID, ...], rules: Programme
) -> dict[str, object]:
    by_id = {g.person_id: g for g in pupil.guardians}
    consents = [_consent(FormKind.PUPIL_OWN, pupil.person_id, latest(pupil.own))]
    consents += [_consent(FormKind.CHILD, g, latest(by_id[g].child)) for g in guardians]
    return {
        "id": str(pupil.person_id),
        "class": class_name,
        **_items(pupil.items, Subject.PUPIL, rules),
        "guardians": [{"id": str(g), "kind": by_id[g].kind.value} for g in guardians],
        "consents": [c for c in consents if c is not None],
    }


def _guardians(
    pupils: Iterable[PupilFacts], members: Members, rules: Programme
) -> list[dict[str, object]]:
    found = {}
    for pupil in pupils:
        for guardian in pupil.guardians:
            if guardian.person_id in members.guardians[pupil.person_id]:
                found[guardian.person_id] = guardian
    return [
        {
            "id": str(person),
            **_items(found[person].items, Subject.GUARDIAN, rules),
            "consents": [_consent(FormKind.GUARDIAN_OWN, person, latest(found[person].own))],
        }
        for person in sorted(found, key=lambda each: each.int)
    ]


def _items(items: Items, subject: Subject, rules: Programme) -> dict[str, object]:
    """What the programme asks of that person; the register may know more for another one."""
    asked = {rule.field for rule in rules.items[subject]}
    return {
        "items": {f: v for f, v in items.values.items() if f in asked},
        "absent": {f: why for f, why in items.absent.items() if f in asked},
    }


def _consent(kind: FormKind, signer: UUID, answer: AnswerFacts | None) -> dict[str, object] | None:
    """What proves one consent, without the document itself."""
    if answer is None:
        return None
    return {
        "document": kind.value,
        "signer": str(signer),
        "answer": str(answer.id),
        "form": answer.form,
        "form_version": answer.form_version,
        "text_digest": answer.text_digest,
        "document_digest": answer.document_digest,
        "decided_at": answer.decided_at.astimezone(UTC).isoformat(timespec="seconds"),
        "evidence": answer.evidence.value,
    }
