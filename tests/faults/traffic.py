"""Clients that work through whole collections while the service is struck, and what was told them.

A client repeats what nobody answered, under the same Idempotency-Key, as it would in the world.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from examples.platform_client.opening import open_bundle
from examples.platform_client.service import Service as Platform
from examples.platform_client.service import ServiceRefused
from gateway.cli.invented import ZONE
from policies.permissions import Role
from tests.faults.stand import Pupil, School, Stand

PATIENCE_SECONDS = 300  # on a machine that others load
PAUSE_SECONDS = 0.05
# Read at leisure: nobody waits longer for an answer than a proxy would.
TIMEOUT_SECONDS = 30


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    """Ask again until it is so. AssertionError naming what did not come."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.1)


class GivenUp(Exception):
    """The scenario has ended, or the service did not come back in time."""


@dataclass
class Ledger:
    """What was told to clients. Numbers count answers of the service, not wishes of clients.

    `answers`: answer id -> (ask id, decision); `last_said`: ask id -> decision. `pulled`: bundle
    id -> digest of the bytes that came. `refused`: code of every refusal. `broken`: faults of the
    service: a 5xx that is no 503, a 503 without Retry-After, a second answer unlike the first.
    """

    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    last_said: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    pulled: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    attempts: set[str] = field(default_factory=set)
    invited: int = 0
    unknown: int = 0
    busy: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    longest_seconds: float = 0.0

    @property
    def writes(self) -> int:
        """Acknowledged ones."""
        told = (self.answers, self.approved, self.pulled, self.acknowledged, self.attempts)
        return sum(len(each) for each in told)


class Refused(Exception):
    """A refusal that a client has to live with."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.code = str(problem.get("code", status))
        pointers = [(each.get("pointer"), each.get("code")) for each in problem.get("errors", ())]
        super().__init__(f"{status} {self.code} {pointers}")


class Traffic:
    """Threads of clerks and one platform. `may_fail`: other 5xx that the scenario provokes.

    `waits_out`: codes of refusals that pass by themselves.
    """

    def __init__(self, stand: Stand, *, clerks: int = 2, may_fail: frozenset[int] = frozenset()):
        self.stand = stand
        self.ledger = Ledger()
        self.faults: list[BaseException] = []
        self.waits_out = {"repeat_in_progress", "too_many_attempts"}
        self._may_fail = may_fail
        self._ended = threading.Event()
        self._turn = threading.Lock()
        self._rooms = count(1)
        shares = [stand.schools[n::clerks] for n in range(clerks)]
        self._threads = [
            threading.Thread(target=self._run, args=(self._clerk, share)) for share in shares
        ]
        self._threads.append(threading.Thread(target=self._run, args=(self._platform,)))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Every client finishes what it has begun. Raises what went wrong in one of them."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for fault in self.faults:
            raise fault

    def _run(self, work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except GivenUp as given_up:
            if str(given_up):
                self.faults.append(given_up)
        except BaseException as fault:
            self.faults.append(fault)

    # one request until it is answered

    def call(
        self, http: httpx.Client, method: str, path: str, token: str, body: object = None
    ) -> Any:
        """JSON of a 2xx. Raises `Refused` (4xx), `GivenUp`."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        for _ in self._patience():
            began = time.monotonic()
            try:
                answer = http.request(method, path, headers=headers, json=body)
            except httpx.TransportError:
                with self._turn:
                    self.ledger.unknown += 1
                continue
            told = self._judge(answer, time.monotonic() - began)
            if told is not None:
                return told
        raise GivenUp

    def _patience(self) -> Iterator[int]:
        until = time.monotonic() + PATIENCE_SECONDS
        for attempt in count():
            yield attempt
            if time.monotonic() > until:
                raise GivenUp("the service does not come back")
            time.sleep(PAUSE_SECONDS)

    def _judge(self, answer: httpx.Response, seconds: float) -> Any:
        """What was told; None: ask again."""
        ledger, status = self.ledger, answer.status_code
        problem = {} if answer.is_success else _problem(answer)
        code = str(problem.get("code", status))
        with self._turn:
            ledger.longest_seconds = max(ledger.longest_seconds, seconds)
            if status == httpx.codes.SERVICE_UNAVAILABLE:
                ledger.busy += 1
                if "Retry-After" not in answer.headers:
                    ledger.broken[f"503 {code} without Retry-After"] += 1
                return None
            if code in self.waits_out:
                return None
            if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                ledger.refused[code] += 1
                if status not in self._may_fail:
                    ledger.broken[f"{status} {code}"] += 1
                return None
            if not answer.is_success:
                ledger.refused[code] += 1
                raise Refused(status, problem)
        return answer.json() if answer.content else {}

    # a clerk: one school after another, then families that change their minds for ever

    def _clerk(self, schools: list[School]) -> None:
        with httpx.Client(
            base_url=self.stand.service.url, timeout=TIMEOUT_SECONDS, trust_env=False
        ) as http:
            for school in schools:
                self._collect(http, school)
                self._release(http, school)
            while not self._ended.is_set():
                for school in schools:
                    pupil = self.stand.dice.choice(school.pupils)
                    self._change_mind(http, school, pupil)
                    self._try_to_reach(http, school, pupil)

    def _collect(self, http: httpx.Client, school: School) -> None:
        for pupil in school.pupils:
            self._try_to_reach(http, school, pupil)
            for ask, with_child in pupil.asks:
                self.paper(http, school, ask, "given", with_child=with_child)
                if self._ended.is_set():
                    raise GivenUp

    def _release(self, http: httpx.Client, school: School) -> None:
        registrar, director = school.tokens[Role.REGISTRAR], school.tokens[Role.DIRECTOR]
        release = None
        for _ in self._patience():
            try:
                for each in school.classes:
                    path = f"{school.path}/classes/{each}/hand-in"
                    self.call(http, "POST", path, school.tokens[Role.TUTOR], {})
                release = self.call(http, "POST", f"{school.path}/releases", registrar, {})
                break
            except Refused as refused:
                # The worker has not settled the claims of the last answers yet.
                if refused.code != "rules_broken":
                    raise
            if self._ended.is_set():
                raise GivenUp
        assert release is not None
        path = f"/v1/school/releases/{release['release_id']}/approval"
        try:
            told = self.call(http, "POST", path, director, {"set_digest": release["set_digest"]})
            bundle = told["id"]
        except Refused as refused:
            # It had been approved when the answer was lost.
            if refused.code != "already_approved":
                raise
            found = self.call(http, "GET", "/v1/school/bundles", registrar)["bundles"]
            bundle = found[0]["id"]
        with self._turn:
            self.ledger.approved.add(bundle)

    def _change_mind(self, http: httpx.Client, school: School, pupil: Pupil) -> None:
        for ask, with_child in pupil.asks:
            for decision in ("withdrawn", "given"):
                try:
                    self.paper(http, school, ask, decision, with_child=with_child)
                except Refused as refused:
                    # Whoever was released and withdrew may have nothing left to withdraw.
                    if refused.code not in {"nothing_to_withdraw", "rules_broken"}:
                        raise

    def paper(
        self, http: httpx.Client, school: School, ask: object, decision: str, *, with_child: bool
    ) -> str:
        """Record an answer on paper; every paper is another one."""
        body: dict[str, object] = {"decision": decision, "signed_on": str(_today())}
        if decision == "given":
            room = next(self._rooms)
            details = {"signer": _details(room, "passport", "0812")}
            if with_child:
                details["child"] = _details(room, "birth_certificate", "II-ДВ")
            body["details"] = details
        path = f"/v1/school/asks/{ask}/paper-answer"
        told = self.call(http, "POST", path, school.tokens[Role.REGISTRAR], body)
        with self._turn:
            self.ledger.answers[told["answer_id"]] = (str(ask), decision)
            self.ledger.last_said[str(ask)] = decision
        return str(told["answer_id"])

    def _try_to_reach(self, http: httpx.Client, school: School, pupil: Pupil) -> None:
        path = f"/v1/school/pupils/{pupil.id}/attempts"
        body = {"made_on": str(_today() - timedelta(days=1)), "channel": "phone"}
        told = self.call(http, "POST", path, school.tokens[Role.REGISTRAR], body)
        with self._turn:
            if told["attempt_id"] in self.ledger.attempts:
                self.ledger.broken["one attempt told twice"] += 1
            self.ledger.attempts.add(told["attempt_id"])

    # the platform: pulls what it sees, opens it, acknowledges every second bundle

    def _platform(self) -> None:
        url = self.stand.service.url
        with Platform(url, "platform", self.stand.keys) as service:
            while not self._ended.is_set():
                try:
                    jwks = service.jwks()
                    for entry in list(service.bundles()):
                        self._take(service, entry["id"], jwks)
                    list(service.recalls())
                except (ServiceRefused, httpx.TransportError, ValueError) as fault:
                    with self._turn:
                        self.ledger.unknown += 1
                    status = getattr(fault, "status", 503)
                    allowed = {401, 404, 409, 410, 503, *self._may_fail}
                    if status not in allowed:
                        with self._turn:
                            self.ledger.broken[str(fault)] += 1
                time.sleep(PAUSE_SECONDS * 4)

    def _take(self, service: Platform, bundle_id: str, jwks: Mapping[str, Any]) -> None:
        pulled = service.pull(bundle_id)
        open_bundle(pulled.content, self.stand.keys, jwks)
        with self._turn:
            before = self.ledger.pulled.setdefault(bundle_id, pulled.digest)
            if before != pulled.digest:
                self.ledger.broken["other bytes on the second pull"] += 1
        if len(self.ledger.pulled) % 2:
            service.acknowledge(bundle_id, pulled.digest)
            with self._turn:
                self.ledger.acknowledged.add(bundle_id)


def _today() -> Any:
    """The day that it is in every school of the stand."""
    return datetime.now(ZoneInfo(ZONE)).date()


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _details(room: int, kind: str, series: str) -> dict[str, object]:
    return {
        "address": f"680000, г. Хабаровск, ул. Тихая, д. 7, кв. {room}",
        "id_document": {
            "kind": kind,
            "series": series,
            "number": "000000",
            "issued_on": "2026-08-04",
            "issued_by": "ОВД г. Хабаровска",
        },
    }
