"""Of another representative a family is told the fact: asked, answered. Nothing else of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from policies.facts import Decision, FormKind
from tests.conftest import Clock
from tests.gateway.actions.listing import Person, line, take_in
from tests.gateway.web.conftest import Door, bearer
from tests.gateway.web.pages.conftest import SENT

MOTHERS = (101, 103)
FATHERS = {102: Decision.REFUSED, 104: Decision.GIVEN}
NAMES = {102: "Дубов Кирилл Маркович", 104: "Вязов Тихон Львович"}
INVITED = datetime(2026, 9, 1, 2, tzinfo=UTC)
FATHERS_WORD = datetime(2026, 9, 2, 4, 47, tzinfo=UTC)
MOTHERS_WORD = datetime(2026, 9, 4, 2, 5, tzinfo=UTC)
IN_WORDS = ("2 сентября", "14:47", "04:47", "2026-09-02")


def two_families(door: Door, clock: Clock) -> None:
    """Two mothers have agreed; one father has refused before, the other has agreed."""
    town = door.town
    take_in(
        town,
        *(
            line(Person.child(child), Person.adult(mother), Person.adult(father, NAMES[father]))
            for child, (mother, father) in enumerate(zip(MOTHERS, FATHERS, strict=True), 1)
        ),
    )
    town.agree_on_signature()
    clock.set(INVITED)
    door.send_links(town)
    clock.set(FATHERS_WORD)
    for father, decision in FATHERS.items():
        town.answer(town.ask_of(town.person(father), FormKind.CHILD), decision)
    clock.set(MOTHERS_WORD)
    town.work()


def read(door: Door, number: int) -> str:
    """Everything that a mother reads, from her own page to the last document, as text."""
    town, browser = door.town, door.http.application.test_client()
    mother = town.person(number)
    kept = town.answer(town.ask_of(mother, FormKind.CHILD)).facts.id
    child = town.ask_of(mother, FormKind.CHILD)
    token = door.family_token(town, mother)
    browser.set_cookie("soglasie-family", token)
    asked = town.ask_of(mother, FormKind.GUARDIAN_OWN).id
    told = []
    for path in (
        "/me",
        "/me/who",
        f"/me/answers/{kept}",
        f"/me/asks/{child.id}",
        f"/me/asks/{child.id}/items",
        f"/me/asks/{child.id}/withdraw",
        f"/me/asks/{asked}/refusal",
        f"/me/people/{child.subject_id}/looks",
        f"/me/people/{mother}/looks",
        f"/p/{door.link_of(town, mother)}",
        f"/me/answers/{kept}/document.pdf",
        f"/me/answers/{kept}/receipt.pdf",
        "/v1/family/asks",
        f"/v1/family/asks/{child.id}/items",
    ):
        answer = browser.get(path, headers=bearer(token) if path.startswith("/v1") else SENT)
        assert answer.status_code == 200, path
        if answer.mimetype == "application/pdf":
            pages = PdfReader(BytesIO(answer.data)).pages
            told.append(" ".join(page.extract_text() for page in pages))
        else:
            told.append(answer.text.replace("\u00a0", " "))
    return "\n".join(told)


def alike(text: str) -> str:
    """Without ids, digests, secrets and figures, which are each family's own."""
    text = re.sub(r'(value|href|action)="[^"]*"', "", text)
    text = re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}|[0-9a-f]{4}( [0-9a-f]{4}){3}", "#", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d+", "#", text)


def test_a_mother_reads_that_the_father_has_answered_and_no_more(door: Door, clock: Clock):
    two_families(door, clock)
    beside_a_no, beside_a_yes = (read(door, mother) for mother in MOTHERS)
    assert alike(beside_a_no) == alike(beside_a_yes)
    assert "Другие, кого спросили: ответили 1 из 1." in beside_a_no
    for father, name in NAMES.items():
        contacts = (f"person{father}@", f"{father:07d}", f"000-{father:04d}"[:6] + f"-{father:02d}")
        for known in (*name.split(), *contacts, *IN_WORDS):
            assert known not in beside_a_no + beside_a_yes, known
