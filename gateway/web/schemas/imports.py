"""The way of a class list: upload, review, commit of exactly what was reviewed."""

from __future__ import annotations

from flask_smorest.fields import Upload
from marshmallow import fields

from gateway.web.schemas.fields import (
    MESSAGES,
    Wire,
    a_day,
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
    """`row`: the number that the teacher sees in the file. `returning`: known before, destroyed."""

    row = a_number(1, MOST)
    class_name = a_text()
    is_pupil = fields.Boolean(required=True)
    returning = fields.Boolean(required=True)


class ItemChange(Wire):
    """Canonical text, or null where there is no value; then perhaps the reason of the absence."""

    field = a_text()
    before = a_text(allow_none=True)
    after = a_text(allow_none=True)
    before_absent = a_text(allow_none=True)
    after_absent = a_text(allow_none=True)


class ChangedPerson(Wire):
    row = a_number(1, MOST)
    class_name = a_text()
    is_pupil = fields.Boolean(required=True)
    person_id = an_id()
    changes = parts_of(ItemChange)


class PlacedGuardian(Wire):
    """`before`: the kind in the register, which the list corrects; null when it does not."""

    kind = fields.Enum(GuardianKind, by_value=fields.String, required=True)
    relation = a_text()
    before = fields.Enum(GuardianKind, by_value=fields.String, required=True, allow_none=True)


class PlacedPupil(Wire):
    """`moves`: the pupil is new to this class; `came_from`: the class until now, or null."""

    row = a_number(1, MOST)
    class_name = a_text()
    moves = fields.Boolean(required=True)
    came_from = a_text(allow_none=True)
    guardians = parts_of(PlacedGuardian)


class MissingPupil(ItemsOut):
    """A pupil of a class of the list who is not in it. Stays until an order (number, day)."""

    person_id = an_id()
    class_name = a_text()


class ListedAgreement(Wire):
    """An agreement on simple e-signature that the commit records."""

    row = a_number(1, MOST)
    number = a_text()
    signed_on = a_day()


class ClassDifference(Wire):
    """One class of the list. `added`, `changed`: people, `moved`, `missing`: pupils.

    `shrinks`: so many are missing that the commit must confirm it.
    """

    class_name = a_text()
    pupils = a_number(0, MOST)
    added = a_number(0, MOST)
    changed = a_number(0, MOST)
    moved = a_number(0, MOST)
    missing = a_number(0, MOST)
    shrinks = fields.Boolean(required=True)


class RepairOut(Wire):
    """A cell that was put right by itself."""

    row = a_number(1, MOST)
    column = a_text()
    before = a_text(least=0)
    after = a_text(least=0)
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


class ListRemark(Remark):
    """`written`: what stands in the cell, or was typed into it; null for none."""

    written = fields.String(required=True, allow_none=True)


class ReviewOut(Wire):
    """`digest` is what the commit repeats.

    `needs_confirmation`: it must say `shrinking_confirmed`, too many of a class are missing.
    `missing`: pupils who are not in the list any more and stay all the same.
    """

    digest = a_digest()
    committable = fields.Boolean(required=True)
    needs_confirmation = fields.Boolean(required=True)
    counts = a_part(ReviewCounts)
    classes = parts_of(ClassDifference)
    added = parts_of(AddedPerson)
    changed = parts_of(ChangedPerson)
    pupils = parts_of(PlacedPupil)
    missing = parts_of(MissingPupil)
    agreements = parts_of(ListedAgreement)
    repairs = parts_of(RepairOut)
    findings = parts_of(ListRemark)


class Cell(Wire):
    """A cell as repairs and findings name it."""

    row = a_number(1, MOST)
    column = a_text()


class TypedCell(Cell):
    """`value`: as a person would write it into the file; null for an empty cell."""

    value = a_text(allow_none=True)


class CheckedRow(Wire):
    """What is to be said of the row now. The review of the whole list has another digest."""

    findings = parts_of(Remark)
    repairs = parts_of(RepairOut)


class NewCommit(Wire):
    """`shrinking_confirmed`: a person has seen that the list lacks many pupils of a class."""

    digest = a_digest()
    shrinking_confirmed = fields.Boolean(
        required=False, load_default=False, truthy={True}, falsy={False}, error_messages=MESSAGES
    )


class CommittedOut(Wire):
    """`asked_again`: consents that count no more, for the person is named otherwise now.

    `missing`: ids of pupils who are not in the list; each stays until an order.
    """

    added = a_number(0, MOST)
    changed = a_number(0, MOST)
    unchanged = a_number(0, MOST)
    agreements = a_number(0, MOST)
    asks = a_number(0, MOST)
    asked_again = a_number(0, MOST)
    missing = some(an_id())
