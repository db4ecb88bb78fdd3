"""One Chromium, one service on SQLite and one on PostgreSQL, and the roads that people go there.

A road is gone once; tests look at what it met. Tests of this folder run on one worker.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext

from examples.demo.calls import Caller, open_http, sign_in
from examples.demo.stage import ADMINISTRATOR, AUDITOR, Stage
from tests.browser.audit_road import AuditRoad
from tests.browser.chromium import WANTED, find_chromium, running_chromium
from tests.browser.family_road import FamilyRoad
from tests.browser.inspecting import Inspector
from tests.browser.keyboard import KeyboardVisitor
from tests.browser.school import (
    CLASS,
    FAMILIES,
    OTHER,
    TEEN,
    TEEN_AND_HER_MOTHER,
    THIRD,
    YEAR,
    BrowsedSchool,
    add_platform,
    living_elsewhere,
)
from tests.browser.school_roads import ListRoad, ReleaseRoad
from tests.browser.signing_in import come_in, enter
from tests.browser.visitor import Album, Visitor

if TYPE_CHECKING:
    from tests.database import Postgres

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
PATIENCE_MS = 15_000  # others load the machine


@dataclass
class House:
    """A running service and the people at its browsers."""

    stage: Stage
    http: httpx.Client
    admin: Caller
    chromium: Browser
    album: Album

    def context(self, *, scripts: bool = False, size: dict[str, int] = PHONE) -> BrowserContext:
        """A browser of somebody's own, without JavaScript unless it is wanted."""
        made = self.chromium.new_context(
            java_script_enabled=scripts,
            viewport={"width": size["width"], "height": size["height"]},
            locale="ru-RU",
        )
        made.set_default_timeout(PATIENCE_MS)
        return made

    def visitor(self, *, scripts: bool = False, size: dict[str, int] = PHONE) -> Visitor:
        return Visitor(self.context(scripts=scripts, size=size), self.stage.url, self.album)

    def school(self, number: int) -> BrowsedSchool:
        """A new school with its workers and an open collection."""
        return BrowsedSchool(self.stage, self.http, self.admin, number)


@contextmanager
def running_house(
    folder: Path, chromium: Browser, album: Album, database_url: str | None = None
) -> Iterator[House]:
    stage = Stage(folder / "home", folder / "serve.log", database_url)
    stage.prepare()
    stage.start()
    try:
        with open_http(stage.url) as http:
            admin = sign_in(http, ADMINISTRATOR, stage.passwords[ADMINISTRATOR])
            add_platform(admin)
            yield House(stage, http, admin, chromium, album)
    finally:
        stage.stop()


_RUNNING = pytest.StashKey[ExitStack]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, None, None]:
    """What runs for this folder stops with its last test; it would idle beside all the others."""
    yield
    if nextitem is None or item.path.parent != nextitem.path.parent:
        item.config.stash.setdefault(_RUNNING, ExitStack()).close()


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest) -> ExitStack:
    """Closed behind the last test of this folder."""
    return request.config.stash.setdefault(_RUNNING, ExitStack())


@pytest.fixture(scope="session")
def chromium(running: ExitStack) -> Browser:
    path = find_chromium()
    if path is None:
        pytest.skip(WANTED)
    return running.enter_context(running_chromium(path))


@pytest.fixture(scope="session")
def album() -> Album:
    """Every page that any road goes by."""
    return Album()


@pytest.fixture(scope="session")
def house(
    running: ExitStack, tmp_path_factory: pytest.TempPathFactory, chromium: Browser, album: Album
) -> House:
    folder = tmp_path_factory.mktemp("house")
    return running.enter_context(running_house(folder, chromium, album))


@pytest.fixture(scope="session")
def invited(house: House) -> BrowsedSchool:
    """A school whose families have their letters."""
    school = house.school(28)
    school.take_in((*FAMILIES, TEEN_AND_HER_MOTHER))
    school.office.invite()
    return school


@pytest.fixture(scope="session")
def family(house: House, invited: BrowsedSchool) -> FamilyRoad:
    """A mother on a phone without JavaScript; she has left, and looked around before."""
    visitor = house.visitor()
    road = FamilyRoad(visitor, invited.outbox)
    visitor.open(f"/p/{invited.outbox.link(OTHER.email)}")
    visitor.wander()
    road.whole()
    visitor.wander()
    visitor.open("/me")
    road.leave()
    return road


@pytest.fixture(scope="session")
def pupil(house: House, invited: BrowsedSchool) -> FamilyRoad:
    """A girl of 15 on a phone answers for herself."""
    papered_on = date(YEAR - 1, 3, 4)
    road = FamilyRoad(house.visitor(), invited.outbox, TEEN, papered_on)
    road.straight("Ваши данные")
    road.go_home()
    road.lose_the_session()
    return road


@pytest.fixture(scope="session")
def newcomer(house: House, invited: BrowsedSchool) -> Visitor:
    """A father opens the mother's letter and names himself; the registrar looks."""
    FamilyRoad(house.visitor(), invited.outbox, THIRD).name_another("Д'Арк", "Өлзий")
    registrar = house.visitor(size=DESK)
    come_in(registrar, invited, "registrar")
    registrar.follow("Представители")
    registrar.wander()
    return registrar


@pytest.fixture(scope="session")
def typing_family(
    running: ExitStack,
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Browser,
    postgres: Postgres,
) -> FamilyRoad:
    """The same on PostgreSQL, with scripts and without a mouse."""
    url = postgres.add_database()
    running.callback(postgres.drop, url)
    folder = tmp_path_factory.mktemp("typing")
    house = running.enter_context(running_house(folder, chromium, Album(), url))
    school = house.school(28)
    school.take_in(FAMILIES)
    school.office.invite()
    context = house.context(scripts=True)
    visitor = KeyboardVisitor(context, house.stage.url, house.album)
    road = FamilyRoad(visitor, school.outbox)
    road.whole()
    visitor.open("/me")
    road.leave()
    return road


@pytest.fixture(scope="session")
def class_list(house: House) -> ListRoad:
    """A tutor at a desk without JavaScript brings a spoiled list in."""
    school = house.school(29)
    school.state({CLASS: len(FAMILIES)})
    road = ListRoad(house.visitor(size=DESK), school)
    road.whole()
    road.visitor.wander()
    return road


@pytest.fixture(scope="session")
def release(house: House) -> ReleaseRoad:
    """A school of three pupils leaves: one family has refused."""
    school = house.school(30)
    families = living_elsewhere(FAMILIES, 100)
    school.take_in(families)
    school.answer_all({families[-1].guardians[0].email: "refused"})
    road = ReleaseRoad(*(house.visitor(size=DESK) for _ in range(3)), school)
    road.whole()
    road.registrar.wander()
    road.director.wander()
    road.appoint()
    return road


@pytest.fixture(scope="session")
def audit(house: House, family: FamilyRoad) -> AuditRoad:
    """An auditor looks after the family has withdrawn."""
    del family
    road = AuditRoad(house.visitor(size=DESK), AUDITOR, house.stage.passwords[AUDITOR])
    road.whole()
    road.visitor.wander()
    return road


@pytest.fixture(scope="session")
def office(house: House) -> Visitor:
    """The administrator looks at everything."""
    visitor = house.visitor(size=DESK)
    enter(visitor, ADMINISTRATOR, house.stage.passwords[ADMINISTRATOR], house.admin.phone)
    visitor.wander()
    return visitor


@pytest.fixture(scope="session")
def passer_by(house: House, pupil: FamilyRoad, release: ReleaseRoad) -> Visitor:
    """Somebody without a letter, who has seen a receipt and the poster of a school."""
    release.director.open("/school/poster")
    poster = release.director.page.locator("main strong").first.inner_text()
    visitor = house.visitor()
    visitor.open("/")
    visitor.wander()
    visitor.open("/nothing-here")
    for number in (pupil.number, "7K4M-92QF-XW3T-A8ND"):
        visitor.open("/verify")
        visitor.fill("Номер квитанции", number)
        visitor.press("Проверить")
    visitor.open(f"/s/{poster.rpartition('/s/')[2]}")
    visitor.fill("Телефон или почта, которые вы оставили школе", "nobody@example.org")
    visitor.press("Прислать ссылку")
    return visitor


@pytest.fixture(scope="session")
def inspector(house: House) -> Inspector:
    """A page in which kept pages are drawn again."""
    return Inspector(house.context(scripts=True), house.stage.url)
