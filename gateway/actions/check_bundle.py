"""Check a released bundle against everything that was kept: bytes, journal, answers, recalls.

The bytes are encrypted to the platform. Whoever rehearses with keys of a platform of their own
can have the bundle opened as well; without a key its digest is what ties it to the journal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa

from audit.cover import Cover, Covered
from audit.errors import BadField, LeafError, UnknownKind
from audit.journal import event, of_kind, places
from crypto import canonical, compact, jose
from crypto.errors import JoseError
from gateway.actions.pinned_rules import rules_of
from gateway.actions.release_set import Members
from gateway.actions.seal_bundle import CONTENT_TYPE
from gateway.errors import NotFound
from gateway.store.bundles import Bundle
from gateway.store.released import ReleasedStore
from gateway.unit import Unit
from policies.released import (
    BundleFlaw,
    Flaw,
    KeptBundle,
    Place,
    Replay,
    Told,
    people_flaws,
    record_flaws,
)

SEALED, HANDED_OVER = "bundle.sealed", "bundle.handed_over"
Places = Mapping[UUID, Place]


@dataclass(frozen=True, slots=True)
class Keys:
    """`own`: verify what the service signed. `platform` None: bundles stay closed."""

    own: jose.SigningKeys
    platform: rsa.RSAPrivateKey | None = None


def check_bundle(unit: Unit, bundle_id: UUID, cover: Cover, keys: Keys) -> list[BundleFlaw]:
    """All that is wrong with one revision; empty: it stands. Raises `NotFound`."""
    bundle = ReleasedStore(unit.connection).find(bundle_id)
    if bundle is None:
        raise NotFound
    content = unit.bundles.content(bundle.school_id, bundle.id)
    try:
        found = {
            at: Place(*place) for at, place in places(unit.connection, bundle.school_id).items()
        }
        kept = _kept(unit, bundle, content, cover, found)
    except (BadField, KeyError, LeafError, UnknownKind):
        return [BundleFlaw(Flaw.EVENT)]
    flaws = record_flaws(kept)
    if content is not None:
        flaws += _content_flaws(content, bundle, kept, keys)
    return flaws + _people_flaws(unit, bundle, kept, found)


def _kept(
    unit: Unit, bundle: Bundle, content: bytes | None, cover: Cover, found: Places
) -> KeptBundle:
    """Raises KeyError, `BadField`, `UnknownKind`: the journal does not know what the row says."""
    school_id = bundle.school_id
    covered = cover.of(bundle.sealed_event_id)
    pulls = [
        found[each.id]
        for each in of_kind(unit.connection, school_id, HANDED_OVER)
        if each.data["bundle_id"] == str(bundle.id)
    ]
    told = _told_by_journal(unit, bundle)
    if told is None:
        raise KeyError
    return KeptBundle(
        told=Told(bundle.digest, bundle.pupils, bundle.guardians),
        event=told if bool(pulls) is (bundle.pulled_at is not None) else None,
        content_digest=None if content is None else hashlib.sha256(content).hexdigest(),
        # Until the worker has signed it nothing is served, and nothing is wrong.
        is_covered=covered is Covered.SIGNED or (covered is Covered.WAITING and not pulls),
        pairs=unit.bundles.members(school_id, bundle.id),
        sealed=found[bundle.sealed_event_id],
        pulled=max(pulls, default=None),
        is_superseded=bundle.superseded_at is not None,
        is_acknowledged=bundle.acknowledged_at is not None,
        is_gone=bundle.gone_at is not None,
        recalled=unit.bundles.recalled(school_id, bundle.id),
    )


def _told_by_journal(unit: Unit, bundle: Bundle) -> Told | None:
    sealed = event(unit.connection, bundle.sealed_event_id)
    if sealed is None or sealed.kind != SEALED or sealed.data["bundle_id"] != str(bundle.id):
        return None
    data = sealed.data
    return Told(str(data["jwe_digest"]), int(str(data["pupils"])), int(str(data["guardians"])))


def _people_flaws(unit: Unit, bundle: Bundle, kept: KeptBundle, found: Places) -> list[BundleFlaw]:
    school_id = bundle.school_id
    release = unit.bundles.find_release(school_id, bundle.release_id)
    approval = unit.bundles.find_approval(school_id, bundle.collection_id)
    if release is None or approval is None:
        raise NotFound
    on = unit.schools.get(school_id).today(approval.approved_at)
    events = ReleasedStore(unit.connection).answer_events(school_id)
    said = {answer: found[event_id] for answer, event_id in events.items()}
    rules = rules_of(unit.collections.get(school_id, bundle.collection_id))
    replays = [
        Replay(pupil, said, rules, on)
        for pupil in unit.dossier.pupils(school_id, bundle.collection_id)
    ]
    then, now = Members.of_text(release.members).versions, unit.people.versions(school_id)
    unchanged = {person for person, version in then.items() if now.get(person) == version}
    return people_flaws(kept, replays, unchanged)


def _content_flaws(
    content: bytes, bundle: Bundle, kept: KeptBundle, keys: Keys
) -> list[BundleFlaw]:
    try:
        text = content.decode("ascii")
        sealed = compact.parse(
            text, compact.JWE_SEGMENTS, compact.JWE_HEADER, jose.MAX_BUNDLE_BYTES
        )
    except (UnicodeDecodeError, JoseError):
        return [BundleFlaw(Flaw.ENVELOPE)]
    if sealed.header.get("cty") != CONTENT_TYPE:
        return [BundleFlaw(Flaw.ENVELOPE)]
    if keys.platform is None:
        return []
    opened = {jose.thumbprint(keys.platform.public_key()): keys.platform}
    try:
        signed = jose.decrypt(text, opened, CONTENT_TYPE).decode("ascii")
        document = canonical.loads(jose.read_bundle(signed, keys.own.public("evidence")))
    except (UnicodeDecodeError, ValueError, JoseError):
        return [BundleFlaw(Flaw.SIGNATURE)]
    return [] if _says_the_same(document, bundle, kept) else [BundleFlaw(Flaw.DOCUMENT)]


def _says_the_same(document: object, bundle: Bundle, kept: KeptBundle) -> bool:
    """The document was signed by us, so its shape is ours; its people and sums are compared."""
    if not isinstance(document, dict):
        return False
    pairs = {
        (UUID(pupil["id"]), UUID(person["id"]))
        for pupil in document["pupils"]
        for person in (pupil, *pupil["guardians"])
    }
    counts = document["counts"]
    return (
        (document["bundle"], document["revision"]) == (str(bundle.id), bundle.revision)
        and pairs == kept.pairs
        and (counts["pupils"], counts["guardians"]) == (bundle.pupils, bundle.guardians)
    )
