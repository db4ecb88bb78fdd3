"""Pages as a browser asks for them: a family's decision, a class of 30 pupils.

Floor: a minimal Flask page (one select, 30 rows in a template) under the same gunicorn, on the same
database. CPU is the servers'; every page of ours commits its read event first.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from benchmarks.answering import Server, serving
from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Limit, Side, measured, tree_cpu
from crypto.secrets_text import hash_secret
from gateway.actions.add_staff import add_staff
from gateway.actions.invite import send_link
from gateway.actions.keep_details import keep_details
from gateway.actions.open_collection import state_enrolment
from gateway.actions.personal_document import SigningDetails
from gateway.cli.invented import InventedSchool
from gateway.cli.rehearsed_school import RehearsedSchool, Stage, papers
from gateway.cli.storm import Ready, open_families, take_post
from gateway.unit import SYSTEM, Actor
from gateway.web.pages.cookies import FAMILY, STAFF
from gateway.web.passwords import hash_password
from gateway.wiring import utc_now
from policies.permissions import Role
from tests.browser.chromium import find_chromium, running_chromium
from tests.browser.wire import bytes_of_visit

CLASS, CLASS_SIZE = "7А", 30
PHRASE = "скамья стоит в тихом саду 28"
FIRST_VISIT_BYTES = 60 * 1024
WARM = 5
_LINK = re.compile(r"/p/[\w-]+")
FLOOR_TIMES = 5


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """Every engine: a class of 30 whose families are invited."""
    for place in places.values():
        with ExitStack() as stack:
            stage = stack.enter_context(place.stage())
            school = _school(stage)
            ready = open_families(stage, school, 2)
            link = _link(stage, school)
            decision = _decision(stage, school, ready)
            tutor = add_tutor(stage, school)
            ours = stack.enter_context(serving("wsgi:app", stage, place))
            floor = stack.enter_context(serving("benchmarks.minimal:app", stage, place))
            family = {"Cookie": f"soglasie-{FAMILY}={ready[0].token}"}
            worker = {"Cookie": f"soglasie-{STAFF}={_sign_in(ours, tutor)}"}
            desk = f"/school/{school.collection_id}/classes/{_class_id(school)}"
            asked = (
                ("family's decision page", Asked(ours, decision, family), 3),
                (f"class desk of {CLASS_SIZE}", Asked(ours, desk, worker), 5),
                (f"tracker of {CLASS_SIZE}", Asked(ours, f"{desk}/pupils", worker), 5),
            )
            plain = Asked(floor, "/page", {})
            for name, page, most in asked:
                yield _contest(name, page, plain, most, place, sizes)
            if (chromium := find_chromium()) is not None and place.name == "sqlite":
                yield Contest(
                    "pages",
                    place.name,
                    Side("first visit of a family", partial(_first_visit, chromium, ours, link)),
                    (),
                    limits=(Limit(FIRST_VISIT_BYTES, "wire"),),
                    notes=("first visit: page, style, script, icon and fonts with their headers",),
                )


def _contest(
    name: str, page: Asked, plain: Asked, most: float, place: Place, sizes: Sizes
) -> Contest:
    for each in (page, plain):
        each.ask(WARM)
    least = FLOOR_TIMES * sizes.pages
    floor = Side("minimal Flask page", partial(plain.ask, least), least)
    return Contest(
        "pages",
        place.name,
        Side(name, partial(page.ask, sizes.pages), sizes.pages),
        ((floor, Goal(most=most)),),
        notes=("gunicorn gthread, one process; one client, one connection",),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for again and again."""

    server: Server
    path: str
    headers: dict[str, str]

    def ask(self, times: int) -> Cost:
        """Every answer must be a whole page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        kept = []
        with measured(lambda: tree_cpu(self.server.pid) + self.server.place.cpu(), own=False) as c:
            for _ in range(times):
                connection.request("GET", self.path, headers={"Accept": "text/html"} | self.headers)
                answer = connection.getresponse()
                kept.append((answer.status, answer.read().endswith(b"</html>\n")))
        connection.close()
        assert {status for status, _ in kept} == {HTTPStatus.OK}, kept[0]
        return c


def _school(stage: Stage) -> RehearsedSchool:
    listed = InventedSchool(1, CLASS_SIZE, 1, utc_now().date())
    school = RehearsedSchool.found(stage, 1)
    head, *rows = listed.rows()
    lines = [head, *([CLASS, *row[1:]] for row in rows)]
    school.take_in_file("\n".join(map(";".join, lines)).encode("cp1251"), "list.csv")
    with school.by(Role.REGISTRAR) as unit:
        state_enrolment(unit, school.collection_id, CLASS, CLASS_SIZE, "1-к", stage.clock().date())
    school.agree_on_signature()
    return school


def _decision(stage: Stage, school: RehearsedSchool, ready: list[Ready]) -> str:
    """Path of the page of the first answer, whose address and papers were told."""
    ask_id = ready[0].path.split("/")[4]
    _, asks = school.people_and_asks()
    ask = next(each for each in asks if str(each.id) == ask_id)
    told: SigningDetails = papers(ask, stage.clock().date())
    with stage.units.open(Actor(Role.FAMILY, ask.signer_id, school.school_id)) as unit:
        session = unit.links.find_session(hash_secret(ready[0].token), unit.now)
        assert session is not None
        keep_details(unit, session, ask.id, told)
    return f"/me/asks/{ask_id}/decision"


def add_tutor(stage: Stage, school: RehearsedSchool) -> str:
    """Login of a tutor of the class, who comes in by `PHRASE`."""
    login = "tutor-of-the-bench"
    hashed = hash_password(PHRASE)
    with stage.units.open(SYSTEM) as unit:
        add_staff(unit, login, hashed, Role.TUTOR, school.school_id, class_names=[CLASS])
    return login


def _sign_in(server: Server, login: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = json.dumps({"login": login, "password": PHRASE})
    connection.request("POST", "/v1/session", body, {"Content-Type": "application/json"})
    told = json.load(connection.getresponse())
    connection.close()
    return str(told["token"])


def _class_id(school: RehearsedSchool) -> str:
    with school.by(Role.REGISTRAR) as unit:
        (class_id,) = unit.schools.class_names(school.school_id)
    return str(class_id)


def _link(stage: Stage, school: RehearsedSchool) -> str:
    """Path of a link in a letter that nobody has opened."""
    with school.by(Role.REGISTRAR) as unit:
        asks = unit.consents.list_asks(school.school_id, school.collection_id)
        signer = asks[-1].signer_id
        send_link(
            unit,
            unit.schools.get(school.school_id),
            unit.collections.get(school.school_id, school.collection_id),
            signer,
            [ask for ask in asks if ask.signer_id == signer],
            unit.people.items(school.school_id),
            stage.host.public_url,
            keeps_hours=False,
        )
    (text,) = take_post(stage).values()
    found = _LINK.search(text)
    assert found
    return found[0]


def _first_visit(chromium: str, server: Server, link: str) -> Cost:
    """In a browser that knows nothing yet. Playwright wants a thread without another one."""

    def visit() -> dict[str, int]:
        with running_chromium(chromium) as browser:
            return bytes_of_visit(browser, f"http://127.0.0.1:{server.port}{link}")

    with measured(own=False) as cost, ThreadPoolExecutor(1) as aside:
        received = aside.submit(visit).result()
    assert any(path.endswith(".woff2") for path in received)
    cost.wire = sum(received.values())
    return cost
