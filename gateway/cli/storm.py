"""The last minute before a deadline: many families answer at one moment over HTTP.

The service that is stormed is a real one (`soglasie serve`); links, codes and sessions come from
the actions. Allowed are answers that were kept and 503 with Retry-After, which is then obeyed.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from crypto.secrets_text import hash_secret
from gateway.actions.answer import show_document
from gateway.actions.deliver_messages import lease_messages, settle_delivery
from gateway.actions.invite import invite
from gateway.actions.open_link import confirm_code, send_code
from gateway.actions.personal_document import SigningDetails
from gateway.actions.sign_answer import send_sign_code
from gateway.cli.rehearsed_school import RehearsedSchool, Stage, papers
from gateway.unit import SYSTEM, Actor
from policies.facts import Decision, Field
from policies.permissions import Role

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
_LINK = re.compile(r"/p/([\w-]+)")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


class StormFault(Exception):
    """The storm could not be raised; the text says why, in Russian."""


@dataclass(frozen=True, slots=True)
class Ready:
    """One answer that only has to be sent: path, bearer token, JSON body."""

    path: str
    token: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """How one answer fared. `status`, `seconds`: of the first try; `tries` until it was kept."""

    status: int
    seconds: float
    tries: int
    is_kept: bool
    says_when: bool  # a 503 that says when to come again


def open_families(stage: Stage, school: RehearsedSchool, count: int) -> list[Ready]:
    """Up to `count` answers of families who went the whole way from a letter to the document."""
    with school.by(Role.REGISTRAR) as unit:
        invite(unit, school.collection_id, stage.host.public_url)
        items = unit.people.items(school.school_id)
        asks = unit.consents.list_asks(school.school_id, school.collection_id)
    wanted = asks[:count]
    address = {who: items[who].values for who in {ask.signer_id for ask in wanted}}
    letters = take_post(stage)
    tokens: dict[UUID, str] = {}
    for who, values in address.items():
        link = _told(_LINK, letters, values[Field.EMAIL])
        with stage.units.open(Actor(Role.FAMILY, None, school.school_id)) as unit:
            send_code(unit, link, stage.code_key)
        code = _told(_CODE, take_post(stage), values[Field.PHONE])
        with stage.units.open(Actor(Role.FAMILY, None, school.school_id)) as unit:
            opened = confirm_code(unit, link, code, stage.code_key)
        if not isinstance(opened, str):
            raise StormFault("код из сообщения не подошёл")
        tokens[who] = opened
    ready = []
    for ask in wanted:
        told = papers(ask, stage.clock().date())
        with stage.units.open(Actor(Role.FAMILY, ask.signer_id, school.school_id)) as unit:
            session = unit.links.find_session(hash_secret(tokens[ask.signer_id]), unit.now)
            if session is None:
                raise StormFault("сеанс семьи закрыт")
            digest = show_document(unit, session, ask.id, Decision.GIVEN, told, stage.host).digest
            host, key = stage.host, stage.code_key
            send_sign_code(unit, session, ask.id, Decision.GIVEN, digest, told, host, key)
        code = _told(_CODE, take_post(stage), address[ask.signer_id][Field.PHONE])
        signed = {"decision": "given", "digest": digest, "code": code}
        body = {**signed, "details": _details(told)}
        path = f"/v1/family/asks/{ask.id}/answer"
        ready.append(Ready(path, tokens[ask.signer_id], json.dumps(body).encode()))
    return ready


def storm(stage: Stage, ready: list[Ready]) -> list[Reply]:
    """Send all at one moment to a service of its own; it is stopped afterwards."""
    replies: list[Reply] = []
    with serving(stage):
        gate = threading.Barrier(len(ready))

        def send(one: Ready) -> None:
            gate.wait(PATIENCE_SECONDS)
            replies.append(_insist(stage.host.public_url, one))

        threads = [threading.Thread(target=send, args=(one,)) for one in ready]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return replies


def summary(replies: list[Reply], kept: int) -> tuple[dict[str, object], list[str]]:
    """Figures, and what is wrong: a 5xx that is no 503 with Retry-After, an answer lost.

    `kept`: answers that the service has in the end.
    """
    times = sorted(1000 * reply.seconds for reply in replies)
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    told: dict[str, object] = {
        "answers": len(replies),
        "statuses": dict(sorted(Counter(str(reply.status) for reply in replies).items())),
        "kept": sum(reply.is_kept for reply in replies),
        "tries": sum(reply.tries for reply in replies),
        "milliseconds": {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": times[-1]},
    }
    found = []
    bad = [r for r in replies if r.status >= 500 and not (r.status == 503 and r.says_when)]
    if bad:
        found.append(f"буря: {len(bad)} ответов 5xx без Retry-After")
    if not all(reply.is_kept for reply in replies):
        found.append(f"буря: не принято {sum(not reply.is_kept for reply in replies)} ответов")
    if kept != told["kept"]:
        found.append(f"буря: подтверждено {told['kept']} ответов, записано {kept}")
    return told, found


def _insist(url: str, one: Ready) -> Reply:
    """Send until it is kept, as a patient family does."""
    end = time.monotonic() + PATIENCE_SECONDS
    first, first_seconds, says_when, tries = 0, 0.0, True, 0
    status = 0
    while status != HTTPStatus.CREATED and time.monotonic() < end:
        started = time.monotonic()
        status, headers = _post_once(url, one)
        tries += 1
        if tries == 1:
            first, first_seconds = status, time.monotonic() - started
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            says_when = says_when and "retry-after" in headers
            time.sleep(float(headers.get("retry-after", 1)))
        elif status not in {0, HTTPStatus.CREATED, HTTPStatus.TOO_MANY_REQUESTS}:
            break
        elif status != HTTPStatus.CREATED:
            time.sleep(float(headers.get("retry-after", 1)))
    return Reply(first, first_seconds, tries, status == HTTPStatus.CREATED, says_when)


def _post_once(url: str, one: Ready) -> tuple[int, Mapping[str, str]]:
    """Status and headers in small letters; status 0: nobody answered."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port, timeout=PATIENCE_SECONDS
    )
    headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", one.path, one.body, headers)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return 0, {}
    finally:
        connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@contextmanager
def serving(stage: Stage) -> Iterator[int]:
    """`soglasie serve` on the stage's home, ready to answer; gives the id of its process."""
    settings = stage.settings
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SOGLASIE_")}
    environ |= {
        "PYTHONPATH": str(ROOT),
        "SOGLASIE_HOME": str(settings.home),
        "SOGLASIE_PORT": str(settings.port),
        "SOGLASIE_PUBLIC_URL": settings.public_url,
        "SOGLASIE_DATABASE_URL": settings.database,
    }
    with (settings.home / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve"],
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(settings.public_url, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    parts = urlsplit(url)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise StormFault("сервер не запустился, причина в serve.log")


def free_port() -> int:
    """A port below those that systems give to outgoing connections.

    By lot: two rehearsals that begin together would find the same first one.
    """
    for port in random.sample(range(21_000, 32_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise StormFault("нет свободного порта")


def take_post(stage: Stage) -> dict[str, str]:
    """Everything that waits to be sent, taken out: text by address or telephone."""
    found: dict[str, str] = {}
    while True:
        with stage.units.open(SYSTEM) as unit:
            parcels = lease_messages(unit)
            settle_delivery(unit, parcels, [], [])
        if not parcels:
            return found
        found |= {parcel.content["to"]: parcel.content["text"] for parcel in parcels}


def _told(pattern: re.Pattern[str], post: Mapping[str, str], to: str) -> str:
    found = pattern.search(post.get(to, ""))
    if found is None:
        raise StormFault("письмо или сообщение не пришло")
    return found.group(found.re.groups)


def _details(told: SigningDetails) -> dict[str, object]:
    """As the API takes them."""
    people = {"signer": told.signer, "child": told.child}
    return {
        name: {
            "address": one.address,
            "id_document": {
                "kind": one.id_document.kind.value,
                "series": one.id_document.series,
                "number": one.id_document.number,
                "issued_on": one.id_document.issued_on.isoformat(),
                "issued_by": one.id_document.issued_by,
            },
        }
        for name, one in people.items()
        if one is not None
    }
