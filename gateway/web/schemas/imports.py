"""The way of a class list: upload, review, commit of exactly what was reviewed."""

from __future__ import annotations

from flask_smorest.fields import Upload
from marshmallow import fields

from gateway.web.schemas.fields import (
    MESSAGES,
    Wire,
    a_digest,
    a_number,
    a_part,
    a_text,
    an_id,
    parts_of,
    some,
)
from gateway.web.schemas.parts import ItemsOut, Remark
from policies.facts import GuardianKind

MOST = 100_000


class RosterFile(Wire):
    """One file, XLSX or CSV."""

    file = Upload(required=True, error_messages=MESSAGES)


class ImportMade(Wire):
    import_id = an_id()


class AddedPerson(ItemsOut):
    """`row`: the number that the teacher sees in the file."""

    row = a_number(1, MOST)


class ItemChange(Wire):
    """`before`, `after`: canonical text, or null where there is no value."""

    field = a_text()
    before = a_text(allow_none=True)
    after = a_text(allow_none=True)


class ChangedPerson(Wire):
    row = a_number(1, MOST)
    person_id = an_id()
    changes = parts_of(ItemChange)


class PlacedGuardian(Wire):
    kind = fields.Enum(GuardianKind, by_value=fields.String, required=True)
    relation = a_text()


class PlacedPupil(Wire):
    """`moves`: the pupil is new to this class."""

    row = a_number(1, MOST)
    class_name = a_text()
    moves = fields.Boolean(required=True)
    guardians = parts_of(PlacedGuardian)


class RepairOut(Wire):
    """A cell that was put right by itself."""

    row = a_number(1, MOST)
    column = a_text()
    before = a_text()
    after = a_text()
    code = a_text()
    detail = a_text()


class ReviewCounts(Wire):
    people = a_number(0, MOST)
    pupils = a_number(0, MOST)
    added = a_number(0, MOST)
    changed = a_number(0, MOST)
    unchanged = a_number(0, MOST)
    missing = a_number(0, MOST)
    repairs = a_number(0, MOST)
    findings = a_number(0, MOST)


class ReviewOut(Wire):
    """`digest` is what the commit repeats. `missing`: pupils who are not in the list any more."""

    digest = a_digest()
    committable = fields.Boolean(required=True)
    counts = a_part(ReviewCounts)
    added = parts_of(AddedPerson)
    changed = parts_of(ChangedPerson)
    pupils = parts_of(PlacedPupil)
    missing = some(an_id())
    repairs = parts_of(RepairOut)
    findings = parts_of(Remark)


class NewCommit(Wire):
    digest = a_digest()


class CommittedOut(Wire):
    added = a_number(0, MOST)
    changed = a_number(0, MOST)
    unchanged = a_number(0, MOST)
    asks = a_number(0, MOST)
