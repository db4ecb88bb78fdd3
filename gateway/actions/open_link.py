"""From a link to a session: show it, send a code, compare the code, or say it is not mine.

Looking changes nothing. A wrong code is counted before it is compared and is an outcome that
commits: these functions return the refusal instead of raising it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from crypto.secrets_text import code_tag, hash_secret, new_code, new_secret
from gateway.actions.invite import send_link
from gateway.actions.pinned_rules import rules_of
from gateway.actions.send_message import send_sms
from gateway.errors import (
    CodeExpired,
    CodeNotSent,
    CodeSpent,
    CodeWrong,
    GatewayError,
    LinkExpired,
    LinkReplaced,
    LinkSpent,
    LinkUnknown,
    NotFound,
    TooManyAttempts,
)
from gateway.messages import texts
from gateway.store.limits import Limit
from gateway.store.links import Link
from gateway.store.schools import School
from gateway.unit import Unit
from policies.contacts import mask_phone
from policies.facts import Field, FormKind
from policies.release import deadline_passed

CODE_PAUSE = timedelta(seconds=60)
MAX_CODES = 5
# Whoever has got hold of somebody's link cannot ring a telephone all day, nor close it for one.
CODES_OF_PHONE = Limit("codes.phone", 10, timedelta(hours=1))
RENEWALS = Limit("renewals.signer", 5, timedelta(hours=1))
MISSES = Limit("link.misses", 60, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link shows to its holder: the school, first names, until when, a masked phone.

    `phone` is empty where no code can be sent; `is_late`: the deadline has passed, and only a
    withdrawal or a refusal is left; `is_own`: the holder is the pupil.
    """

    school: str
    school_phone: str
    zone: str
    deadline_on: date
    is_late: bool
    is_own: bool
    given_names: tuple[str, ...] = field(repr=False)
    phone: str = field(repr=False)


def show_link(unit: Unit, token: str) -> LinkView:
    """Raises `LinkUnknown`, `LinkExpired`, `LinkReplaced`, `LinkSpent`."""
    link = _usable(unit, token)
    school = unit.schools.get(link.school_id)
    collection = unit.collections.get(link.school_id, link.collection_id)
    subjects = [
        ask.subject_id
        for ask in unit.consents.list_asks(link.school_id, link.collection_id, link.signer_id)
        if ask.form is not FormKind.GUARDIAN_OWN
    ]
    items = unit.people.items(link.school_id, {*subjects, link.signer_id})
    signer = items.get(link.signer_id)
    unit.record("person.read", school_id=school.id, person_id=link.signer_id, purpose="link_shown")
    return LinkView(
        school.short_name,
        school.phone or "",
        school.zone,
        collection.deadline_on,
        deadline_passed(unit.now, collection.deadline_on, school.zone),
        subjects == [link.signer_id],
        tuple(items[s].values.get(Field.GIVEN_NAME, "") for s in subjects if s in items),
        mask_phone(signer.values[Field.PHONE]) if signer and Field.PHONE in signer.values else "",
    )


def send_code(unit: Unit, token: str, code_key: bytes) -> None:
    """Send a new six-digit code to the known phone; once a minute, five times a link, ten an hour.

    Whoever holds a stolen link has 25 guesses at a million, and no more: a new link goes to the
    owner's address. Raises as `show_link` (a link whose codes are used up is spent), and
    `TooManyAttempts`, `NotFound` without a phone.
    """
    link = _usable(unit, token, lock=True)
    if link.codes_sent >= MAX_CODES:
        raise LinkSpent
    _pause_after(link.code_sent_at, unit.now)
    items = unit.people.items(link.school_id, [link.signer_id]).get(link.signer_id)
    phone = items.values.get(Field.PHONE) if items else None
    if phone is None:
        raise NotFound
    _use(unit, CODES_OF_PHONE, phone)
    code = new_code()
    unit.links.keep_code(
        link.id,
        code_tag(code_key, link.id, code),
        unit.vault.token(Field.PHONE, phone, link.school_id),
        unit.now,
    )
    school = unit.schools.get(link.school_id)
    send_sms(unit, link.school_id, phone, texts.open_code(code, school.short_name))


def ask_for_code(unit: Unit, token: str, code_key: bytes) -> None:
    """As `send_code`; a second tap within the minute is the first one."""
    link = _usable(unit, token, lock=True)
    if not _is_fresh(link.code_sent_at, unit.now):
        send_code(unit, token, code_key)


def enter(unit: Unit, token: str, code: str, code_key: bytes, shown: str) -> str | GatewayError:
    """As `confirm_code`; who shows the session that this link has opened comes in again.

    `shown`: secret of a session, empty for none.
    """
    if shown:
        session = unit.links.find_session(hash_secret(shown), unit.now)
        link = unit.links.find(hash_secret(token))
        if session is not None and link is not None and session.link_id == link.id:
            return shown
    return confirm_code(unit, token, code, code_key)


def leave(unit: Unit, shown: str) -> School | None:
    """End a session; answers whose school it was. Left before, it is no error."""
    digest = hash_secret(shown)
    link = unit.links.of_session(digest)
    unit.links.close_session(digest)
    return unit.schools.find(link.school_id) if link else None


def confirm_code(unit: Unit, token: str, code: str, code_key: bytes) -> str | GatewayError:
    """A family session, or the refusal. The link is spent by success.

    Raises as `show_link`.
    """
    link = _usable(unit, token, lock=True)
    if link.code_tag is None or link.code_sent_at is None:
        return CodeNotSent()
    collection = unit.collections.get(link.school_id, link.collection_id)
    terms = rules_of(collection).terms
    if unit.now - link.code_sent_at > timedelta(minutes=terms.code_minutes):
        return CodeExpired()
    if link.code_guesses >= terms.code_guesses:
        return CodeSpent()
    unit.links.count_guess(link.id)
    if not hmac.compare_digest(link.code_tag, code_tag(code_key, link.id, code)):
        unit.record(
            "code.refused",
            school_id=link.school_id,
            link_id=link.id,
            guesses=link.code_guesses + 1,
        )
        return CodeWrong()
    event = unit.record(
        "link.opened", school_id=link.school_id, link_id=link.id, signer_id=link.signer_id
    )
    unit.links.spend(link.id, unit.now, event)
    session = new_secret()
    unit.links.open_session(
        hash_secret(session), link, unit.now + timedelta(minutes=terms.session_minutes)
    )
    return session


def disown_link(unit: Unit, token: str) -> None:
    """«Мне пришло по ошибке»: the link stops working and the school will see it.

    Said again it is no error. Raises `LinkUnknown`.
    """
    link = unit.links.find(hash_secret(token), lock=True)
    if link is None:
        raise LinkUnknown
    if link.replaced_at is None:
        event = unit.record("link.disowned", school_id=link.school_id, link_id=link.id)
        unit.links.disown(link.id, unit.now, event)


def renew_link(unit: Unit, token: str, public_url: str) -> None:
    """Send a fresh link to the known address; the holder of an old link learns nothing by it.

    It works after the deadline too, for a withdrawal is never too late. Raises `LinkUnknown`,
    `LinkReplaced` for a disowned or replaced link, `TooManyAttempts` within a minute of the last
    and after five within an hour, `NotFound` without an address.
    """
    link = _renewable(unit.links.find(hash_secret(token)))
    _pause_after(_last_sent(unit, link), unit.now)
    _renew(unit, link, public_url)


def ask_for_link(unit: Unit, public_url: str, *, token: str = "", shown: str = "") -> None:
    """As `renew_link`, by an old link or by a session that is over (`shown`: its secret).

    A second tap within the minute is the first one.
    """
    found = (
        unit.links.find(hash_secret(token)) if token else unit.links.of_session(hash_secret(shown))
    )
    link = _renewable(found)
    if not _is_fresh(_last_sent(unit, link), unit.now):
        _renew(unit, link, public_url)


def send_fresh_link(
    unit: Unit, school_id: UUID, collection_id: UUID, signer_id: UUID, public_url: str
) -> None:
    """Send the signer's link to the known address, however it was asked for.

    Raises `NotFound` for one who is asked nothing or has no address, `TooManyAttempts` within a
    minute of the last and after five within an hour.
    """
    unit.lock_school(school_id)
    _pause_after(unit.links.last_sent(school_id, collection_id).get(signer_id), unit.now)
    _send(unit, school_id, collection_id, signer_id, public_url)


def _renewable(link: Link | None) -> Link:
    if link is None:
        raise LinkUnknown
    if link.replaced_at is not None:
        raise LinkReplaced
    return link


def _last_sent(unit: Unit, link: Link) -> datetime | None:
    unit.lock_school(link.school_id)
    return unit.links.last_sent(link.school_id, link.collection_id).get(link.signer_id)


def _renew(unit: Unit, link: Link, public_url: str) -> None:
    _send(unit, link.school_id, link.collection_id, link.signer_id, public_url)


def _send(
    unit: Unit, school_id: UUID, collection_id: UUID, signer_id: UUID, public_url: str
) -> None:
    school = unit.schools.get(school_id)
    collection = unit.collections.get(school_id, collection_id)
    asks = unit.consents.list_asks(school_id, collection.id, signer_id)
    people: set[UUID] = {signer_id, *(ask.subject_id for ask in asks)}
    items = unit.people.items(school_id, people)
    signer = items.get(signer_id)
    if not asks or signer is None or Field.EMAIL not in signer.values:
        raise NotFound
    _use(unit, RENEWALS, str(signer_id))
    send_link(unit, school, collection, signer_id, asks, items, public_url, keeps_hours=False)


def note_miss(unit: Unit, address: str) -> int:
    """Somebody at `address` opened a link that is none. 0, or seconds for which that is enough.

    Only those who miss are told to wait: a right link opens from the same address all the while,
    for many families may stand behind one.
    """
    return unit.limits.use(MISSES, address, unit.now)


def _use(unit: Unit, limit: Limit, whose: str) -> None:
    seconds = unit.limits.use(limit, whose, unit.now)
    if seconds:
        raise TooManyAttempts(seconds)


def _is_fresh(last: datetime | None, now: datetime) -> bool:
    return last is not None and now - last < CODE_PAUSE


def _pause_after(last: datetime | None, now: datetime) -> None:
    if last is not None and _is_fresh(last, now):
        raise TooManyAttempts(ceil((last + CODE_PAUSE - now).total_seconds()))


def _usable(unit: Unit, token: str, *, lock: bool = False) -> Link:
    link = unit.links.find(hash_secret(token), lock=lock)
    if link is None:
        raise LinkUnknown
    if link.spent_at is not None:
        raise LinkSpent
    if link.replaced_at is not None:
        raise LinkReplaced
    if unit.now >= link.expires_at:
        raise LinkExpired
    return link
