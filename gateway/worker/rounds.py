"""One round of the worker: every duty once, each in units of its own.

What fails is logged by the name of its duty and tried again in the next round; the other duties
go on, and so do the other claims, letters and schools of the same duty.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from audit.journal import pending_count
from gateway.actions.approve_release import build_narrower
from gateway.actions.deliver_messages import (
    FIRST_PAUSE,
    Parcel,
    lease_messages,
    settle_delivery,
)
from gateway.actions.destroy_evidence import destroy_evidence_due
from gateway.actions.destroy_person import destroy_due
from gateway.actions.import_roster import forget_drafts
from gateway.actions.keep_details import forget_sittings
from gateway.actions.name_newcomer import forget_newcomers
from gateway.actions.narrow_bundle import withdraw_from_bundles
from gateway.actions.open_asks import open_asks
from gateway.actions.request_link import answer_requests
from gateway.actions.send_message import MAIL
from gateway.actions.settle_claims import ClaimRaced, settle_claim
from gateway.messages.delivery import DeliveryFailed, DeliveryFault
from gateway.messages.mail import Attachment, build_message
from gateway.store.session import forget_deleted
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.quiet_hours import ONCE_A

log = structlog.get_logger("worker")

CLAIMS_A_ROUND = 200
FORGET_EVERY = timedelta(minutes=10)
# The journal and the bundles wait for the post; a server that hangs must not hold them up.
DELIVERY_SECONDS = 10.0


def _attached(content: Mapping[str, str]) -> list[Attachment]:
    """The receipt that a letter speaks of (docs/formats/jose.md); it names nobody."""
    if "receipt" not in content:
        return []
    name = f"receipt-{content['receipt_no']}.jws"
    return [Attachment(name, "application/jose", content["receipt"].encode())]


def _timed(name: str, duty: Callable[[], bool]) -> bool:
    """Carry the duty out; one log line where there was something to do."""
    began = time.perf_counter()
    done = duty()
    if done:
        log.info("duty", duty=name, milliseconds=round((time.perf_counter() - began) * 1000, 1))
    return done


class Rounds:
    """The worker's duties over one wiring. Two workers at once are safe, only wasteful.

    `failed`: duties of the latest round in which something went wrong; `kept`: the others.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.failed: set[str] = set()
        self.kept: set[str] = set()
        self._wiring = wiring
        self._units = wiring.units
        self._forgot_at: datetime | None = None
        self._is_signed = False  # True once the signed tree is known to hold every leaf
        self._days_done: dict[tuple[UUID, UUID], date] = {}

    def once(self) -> bool:
        """Every duty in turn. True: something was done, so the next round may follow at once."""
        duties: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("journal", self.order_journal),
            ("claims", self.settle_claims),
            ("bundles", self.narrow_bundles),
            ("links", self.answer_requests),
            ("messages", self.deliver_messages),
            ("days", self.keep_days),
            ("ended", self.forget_ended),
            ("checkpoint", self.order_journal),
        )
        done = False
        self.failed.clear()
        for name, duty in duties:
            with self._apart(name):
                done = _timed(name, duty) or done
        self.kept = {name for name, _ in duties} - self.failed
        return done

    @contextmanager
    def _apart(self, duty: str) -> Iterator[None]:
        """Whatever goes wrong in the block is its own business. A fault may quote a person: only
        its kind is told.
        """
        try:
            yield
        except Exception as fault:
            self.failed.add(duty)
            log.error("duty_failed", duty=duty, fault=type(fault).__name__)

    def order_journal(self) -> bool:
        """Give pending events their places, then sign what has grown."""
        with self._wiring.looking() as look:
            if self._is_signed and not pending_count(look.connection):
                return False
        self._is_signed = False
        now = self._wiring.clock()
        sequencer = self._wiring.sequencer
        sequencer.integrate_once(now)
        signed = sequencer.sign_once(now) is not None
        self._is_signed = True
        return signed

    def settle_claims(self) -> bool:
        """Settle queued contacts, each in a transaction of its own."""
        with self._wiring.looking() as look:
            queue = look.claims.queued(CLAIMS_A_ROUND)
        done = False
        for request in queue:
            with self._apart("claims"):
                done = self._settle(request.school_id, request.id) or done
        return done

    def _settle(self, school_id: UUID, request_id: UUID) -> bool:
        try:
            with self._units.open(SYSTEM) as unit:
                return settle_claim(unit, school_id, request_id, self._wiring.host.public_url)
        except ClaimRaced:
            log.info("claim_raced")
            return False

    def narrow_bundles(self) -> bool:
        """Build the revision that is due after a withdrawal before the pull."""
        with self._wiring.looking() as look:
            due = look.bundles.superseded_without_heir()
        done = False
        for school_id, collection_id in due:
            with self._apart("bundles"), self._units.open(SYSTEM) as unit:
                made = build_narrower(unit, school_id, collection_id, self._wiring.signing_keys)
                done = made is not None or done
        return done

    def answer_requests(self) -> bool:
        """Send links to those who asked at the door of their school and are known there."""
        with self._wiring.looking() as look:
            if not look.link_requests.is_waiting():
                return False
        with self._units.open(SYSTEM) as unit:
            return answer_requests(unit, self._wiring.host.public_url)

    def deliver_messages(self) -> bool:
        """Lease, send outside of any transaction, settle."""
        with self._wiring.looking() as look:
            if not look.outbox.is_due(look.now):
                return False
        with self._units.open(SYSTEM) as unit:
            parcels = lease_messages(unit)
        sent: list[Parcel] = []
        failed: list[tuple[Parcel, DeliveryFault | None]] = []
        untried: list[tuple[Parcel, timedelta]] = []
        unreachable: set[str] = set()
        until = time.monotonic() + DELIVERY_SECONDS
        for parcel in parcels:
            if parcel.channel in unreachable:
                untried.append((parcel, FIRST_PAUSE))
                continue
            if time.monotonic() > until:
                untried.append((parcel, timedelta()))
                continue
            try:
                self._send(parcel)
            except DeliveryFailed as fault:
                log.warning("delivery_failed", message=str(parcel.id), code=fault.code.value)
                failed.append((parcel, fault.code))
                if fault.code is DeliveryFault.UNREACHABLE:
                    unreachable.add(parcel.channel)
                    self.failed.add("messages")
            except Exception as fault:
                log.error("delivery_failed", message=str(parcel.id), fault=type(fault).__name__)
                failed.append((parcel, None))
            else:
                sent.append(parcel)
        with self._units.open(SYSTEM) as unit:
            settle_delivery(unit, sent, failed, untried)
        return bool(sent)

    def _send(self, parcel: Parcel) -> None:
        content = parcel.content
        if parcel.channel == MAIL:
            self._wiring.mail.send(
                build_message(
                    self._wiring.settings.mail_from,
                    content["to"],
                    content["subject"],
                    content["text"],
                    message_id=str(parcel.id),
                    date=parcel.queued_at,
                    attachments=_attached(content),
                )
            )
        else:
            self._wiring.sms.send(str(parcel.id), content["to"], content["text"])

    def forget_ended(self) -> bool:
        """Answers kept for repeats and days of letters, a day after; limits that have ended.

        What was destroyed by a decision of a person leaves SQLite's log here, too.
        """
        now = self._wiring.clock()
        if self._forgot_at is not None and now - self._forgot_at < FORGET_EVERY:
            return False
        self._forgot_at = now
        forget_deleted(self._wiring.writing)
        with self._wiring.looking() as look:
            has_any = (
                look.repeats.has_expired(now)
                or look.limits.has_ended(now)
                or look.outbox.has_letters_before(now - ONCE_A)
            )
        if not has_any:
            return False
        with self._units.open(SYSTEM) as unit:
            unit.repeats.forget(unit.now)
            unit.limits.forget(unit.now)
            unit.outbox.forget_letters(unit.now - ONCE_A)
        return False

    def keep_days(self) -> bool:
        """Once a day a school: birthdays, ended guardianships, days of destruction, drafts."""
        done = False
        with self._wiring.looking() as look:
            days = look.schools.days(look.now)
            every = look.collections.everywhere()
        for school_id, collection_id in every:
            key, today = (school_id, collection_id), days[school_id]
            if self._days_done.get(key) != today:
                with self._apart("days"):
                    self._keep_day(school_id, collection_id)
                    self._days_done[key] = today
                    done = True
        return done

    def _keep_day(self, school_id: UUID, collection_id: UUID) -> None:
        with self._units.open(SYSTEM) as unit:
            unit.lock_school(school_id)
            if unit.bundles.find_approval(school_id, collection_id) is None:
                open_asks(unit, school_id, collection_id)
            withdraw_from_bundles(unit, school_id)
        with self._units.open(SYSTEM) as unit:
            destroyed = destroy_due(unit, school_id, collection_id)
            destroyed += destroy_evidence_due(unit, school_id)
            forgotten = forget_drafts(unit, school_id) + forget_sittings(unit, school_id)
            forgotten += forget_newcomers(unit, school_id)
        if destroyed or forgotten:
            forget_deleted(self._wiring.writing)
