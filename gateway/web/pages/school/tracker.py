"""Who of a class is missing what, with the next step in the same row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from flask import request

from gateway.actions.read_class import DeskPupil, read_class
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.school.frame import CLASS, class_name, framed, school, the_collection
from gateway.web.pages.school.words import STANDINGS, remark
from gateway.web.pages.site import Page
from policies.findings import Code
from policies.permissions import Permission
from policies.standing import PAPER, StandingKind

READ = needs(Permission.READ_CLASS)
SILENT = frozenset({Code.NO_ANSWER})
ITEMS = frozenset({Code.ITEM_MISSING, Code.ABSENCE_NOT_ACCEPTED, Code.NO_REPRESENTATIVE})
CLAIMS = frozenset({Code.CLAIM_PENDING, Code.CLAIM_CLASH})
CHIPS: Mapping[str, str] = MappingProxyType(
    {
        "all": "все",
        "waiting": "не решили",
        "silent": "нет ответа семьи",
        "items": "не хватает сведений",
        "contacts": "телефон или почта заняты",
        "paper": "не передаётся",
        "ready": "передаём",
    }
)


@dataclass(frozen=True, slots=True)
class TrackedPupil:
    """One row. `lacks`: what is missing, each said once."""

    person_id: UUID
    name: str = field(repr=False)
    guardians: tuple[str, ...] = field(repr=False)
    state: str
    kind: str
    lacks: tuple[str, ...]
    chips: frozenset[str]


@school.on("GET", f"{CLASS}/pupils", READ)
def pupils(collection_id: UUID, class_id: UUID) -> Page:
    """The class by name, filtered by what the address says."""
    found, name = the_collection(collection_id), class_name(class_id)
    rows = [_row(pupil) for pupil in read_class(current_unit(), collection_id, class_id)]
    shown = request.args.get("show", "all")
    shown = shown if shown in CHIPS else "all"
    chips = [(key, words, sum(key in row.chips for row in rows)) for key, words in CHIPS.items()]
    return framed(
        "pupils.html",
        found,
        class_id=class_id,
        class_name=name,
        rows=[row for row in rows if shown in row.chips],
        chips=[chip for chip in chips if chip[2] or chip[0] in ("all", shown)],
        shown=shown,
    )


def _row(pupil: DeskPupil) -> TrackedPupil:
    where = pupil.standing
    words, kind = STANDINGS[where.kind]
    codes = {reason.code for reason in where.reasons}
    is_waiting = where.kind is StandingKind.WAITING
    chips = {
        "all": True,
        "waiting": is_waiting,
        "silent": is_waiting and bool(codes & SILENT),
        "items": is_waiting and bool(codes & ITEMS),
        "contacts": is_waiting and bool(codes & CLAIMS),
        "paper": where.kind in PAPER or where.kind is StandingKind.ON_PAPER,
        "ready": where.kind is StandingKind.READY,
    }
    return TrackedPupil(
        pupil.person_id,
        pupil.name,
        tuple(guardian.name for guardian in pupil.guardians),
        words,
        kind,
        tuple(dict.fromkeys(remark(reason) for reason in where.reasons)),
        frozenset(key for key, is_so in chips.items() if is_so),
    )
