"""The way of a class list on pages: file or pasted cells, columns, check, changes, commit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from flask import Response, request

from gateway.actions.check_import import (
    Check,
    asks_about_columns,
    check_import,
    marked_list,
    read_columns,
)
from gateway.actions.commit_import import commit_import
from gateway.actions.correct_cell import correct_cell, undo_repair
from gateway.actions.correct_columns import MEANINGS, correct_columns
from gateway.actions.import_draft import find_import
from gateway.actions.import_roster import cancel_import, import_roster
from gateway.actions.own_classes import own_classes
from gateway.actions.personal_document import full_name
from gateway.actions.planned_roster import PlannedPerson
from gateway.actions.review_import import review_import
from gateway.errors import (
    BadInput,
    ImportClosed,
    NotFound,
    ReviewStale,
    RulesBroken,
    UnreadableList,
)
from gateway.store.imports import Import, ImportState
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.school.frame import (
    COLLECTION,
    class_name,
    framed,
    school,
    the_collection,
)
from gateway.web.pages.school.words import remark
from gateway.web.pages.site import FormSize, Page, Sheet, To
from policies.facts import Field, Items
from policies.fields import ABSENCE_LABELS_RU, PERSONAL
from policies.findings import Code, text_of
from policies.permissions import Permission

UPLOAD = needs(Permission.IMPORT_ROSTER)
COMMIT = needs(Permission.COMMIT_IMPORT)
LISTS = f"{COLLECTION}/lists"
LIST = "/school/lists/<uuid:import_id>"
MOST_DRAFTS = 50
MOST_ROWS = 50  # of bad rows at once: more are shown when these are mended
MOST_CELL = 300
PASTED = "cells.csv"
# Two thousand pupils with two representatives each, in Cyrillic, are some two megabytes.
CELLS = FormSize(parts=8, text_bytes=4_000_000)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSED = (BadInput, UnreadableList)
STILL_WRONG = "Сохранили, но не всё вписано верно. Исправьте отмеченное и идите дальше."


@school.on("GET", LISTS, UPLOAD)
def lists(collection_id: UUID) -> Page:
    """A file or pasted cells, and drafts that wait."""
    found = the_collection(collection_id)
    class_id = _uuid(request.values.get("class_id", ""))
    name = class_name(class_id) if class_id else ""
    return framed(
        "lists.html", found, class_id=class_id, class_name=name, drafts=_drafts(collection_id)
    )


@school.on("POST", LISTS, UPLOAD, again=lists, mends=REFUSED, size=CELLS)
def upload(collection_id: UUID) -> To:
    """Keep a draft; nothing of it counts before the commit."""
    file, cells = request.files.get("file"), request.form.get("cells", "")
    data = file.read() if file else b""
    if not data and not cells.strip():
        raise BadInput({"/file": "nothing_chosen"})
    class_id = _uuid(request.form.get("class_id", ""))
    name = class_name(class_id) if class_id else None
    import_id = import_roster(
        current_unit(),
        collection_id,
        data or cells.encode(),
        (file.filename or "" if file and data else PASTED),
        class_name=name,
    )
    asks = asks_about_columns(current_unit(), import_id)
    return To("desks.columns" if asks else "desks.check", {"import_id": import_id})


@school.on("GET", LIST, UPLOAD)
def check(import_id: UUID) -> Page | To:
    """Bad rows alone, each with its remarks above the cells."""
    unit = current_unit()
    found = _open(import_id)
    if found is None:
        return _closed(import_id)
    told = check_import(unit, import_id)
    return framed(
        "check.html",
        the_collection(told.collection_id),
        import_id=import_id,
        check=told,
        rows=told.rows[:MOST_ROWS],
        remark=remark,
        text_of=_text,
        is_misread=_is_misread(told),
    )


@school.on("POST", f"{LIST}/cells", UPLOAD, again=check, mends=REFUSED)
def mend(import_id: UUID) -> To:
    """Write every cell that was typed into; look at the whole list again, or go on (`next`).

    Nobody is led on past a cell that was just typed wrong.
    """
    unit, form = current_unit(), request.form
    typed = set()
    for number in range(MOST_ROWS * 20):
        if f"cell-{number}" not in form:
            break
        text = form[f"cell-{number}"].strip()
        if text != form.get(f"was-{number}", "").strip():
            row = form.get(f"row-{number}", "")
            if len(text) > MOST_CELL or not row.isdigit():
                raise BadInput({f"/cell-{number}": "too_long"})
            column = form.get(f"column-{number}", "")
            correct_cell(unit, import_id, int(row[:9]), column, text)
            typed.add((int(row[:9]), column))
    if "next" not in form:
        return To("desks.check", {"import_id": import_id})
    told = check_import(unit, import_id)
    if not told.review.is_committable or any(
        (cell.row, cell.column) in typed for row_told in told.rows for cell in row_told.cells
    ):
        return To("desks.check", {"import_id": import_id}, notice=STILL_WRONG)
    return To("desks.changes", {"import_id": import_id})


@school.on("POST", f"{LIST}/repairs", UPLOAD, again=check, mends=REFUSED)
def undo(import_id: UUID) -> To:
    """Take one repair back."""
    row, _, column = request.form.get("repair", "").partition(":")
    if not row.isdigit():
        raise BadInput({"/form": "nothing_repaired"})
    undo_repair(current_unit(), import_id, int(row[:9]), column)
    return To(
        "desks.check",
        {"import_id": import_id},
        notice="Исправление отменено. Впишите верное значение.",
    )


@school.on("GET", f"{LIST}/marked.xlsx", UPLOAD)
def marked(import_id: UUID) -> Sheet:
    """The list given back with remarks on its cells."""
    return Sheet(partial(_file, marked_list(current_unit(), import_id)))


@school.on("GET", f"{LIST}/columns", UPLOAD)
def columns(import_id: UUID) -> Page:
    """What every column was taken for, with samples."""
    unit = current_unit()
    found = _import(import_id)
    told = read_columns(unit, import_id)
    words = {meaning: _with_kin(meaning, said, told.kin) for meaning, said in MEANINGS.items()}
    return framed(
        "columns.html",
        the_collection(found.collection_id),
        import_id=import_id,
        told=told,
        meanings=words,
    )


@school.on("POST", f"{LIST}/columns", UPLOAD, again=columns, mends=REFUSED)
def say_columns(import_id: UUID) -> To:
    """Read the list again with the meanings that were chosen."""
    said: dict[tuple[int, int], str] = {}
    for name, meaning in request.form.items():
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "column" and parts[1].isdigit() and parts[2].isdigit():
            said[int(parts[1][:4]), int(parts[2][:4])] = meaning
    told = read_columns(current_unit(), import_id)
    known = {each.place: each.meaning for each in told.columns}
    # Nothing is chosen for a column that was settled in another window, or a tap ago.
    changed = {at: meaning for at, meaning in said.items() if meaning and known.get(at) != meaning}
    if changed:
        correct_columns(current_unit(), import_id, changed)
    return To("desks.check", {"import_id": import_id})


@school.on("GET", f"{LIST}/changes", UPLOAD)
def changes(import_id: UUID) -> Page | To:
    """What the commit would do: new, changed (old and new), missing, class by class."""
    unit = current_unit()
    found = _open(import_id)
    if found is None:
        return _closed(import_id)
    told = review_import(unit, import_id)
    return framed(
        "changes.html",
        the_collection(found.collection_id),
        import_id=import_id,
        review=told,
        changed=[
            (person, full_name(person.items), _changes(person)) for person in told.plan.changed
        ],
        missing=[(each, full_name(each.items)) for each in told.plan.missing],
        remark=remark,
    )


@school.on("POST", f"{LIST}/commit", COMMIT, again=changes, mends=(BadInput, RulesBroken))
def commit(import_id: UUID) -> To:
    """Write exactly what was shown."""
    unit = current_unit()
    found = _open(import_id)
    if found is None:
        return _closed(import_id)
    try_digest = request.form.get("digest", "")
    if not try_digest.isascii():
        raise ReviewStale
    done = commit_import(
        unit, import_id, try_digest, shrinking_confirmed=request.form.get("shrinks") == "yes"
    )
    words = f"Список записан: новых людей {done.added}, изменено {done.changed}."
    return To("desks.collection", {"collection_id": found.collection_id}, notice=words)


@school.on("POST", f"{LIST}/cancel", UPLOAD)
def cancel(import_id: UUID) -> To:
    """Throw the draft away; once more is no error."""
    found = _import(import_id)
    if found.state is ImportState.REVIEW:
        cancel_import(current_unit(), import_id)
    return To(
        "desks.lists", {"collection_id": found.collection_id}, notice="Черновик списка удалён."
    )


def _import(import_id: UUID) -> Import:
    return find_import(current_unit(), import_id)


def _open(import_id: UUID) -> Import | None:
    found = _import(import_id)
    return found if found.state is ImportState.REVIEW else None


def _closed(import_id: UUID) -> To:
    """Committed in another window, or sent twice: nothing is left to do here."""
    found = _import(import_id)
    if found.state is not ImportState.COMMITTED:
        raise ImportClosed
    return To(
        "desks.collection",
        {"collection_id": found.collection_id},
        notice="Этот список уже записан.",
    )


def _drafts(collection_id: UUID) -> list[Import]:
    unit = current_unit()
    whose = None if own_classes(unit) is None else unit.actor.ref
    return unit.imports.open_drafts(unit.school_id, collection_id, whose, MOST_DRAFTS)


def _is_misread(told: Check) -> bool:
    return Code.COLUMNS_MISREAD in {finding.code for finding in told.review.findings}


def _with_kin(meaning: str, words: str, kin: Mapping[str, str]) -> str:
    """«Представитель 1 (мать): телефон», where the titles of the list say who it is."""
    who, colon, what = words.partition(":")
    relation = kin.get(meaning.partition(".")[0])
    return f"{who} ({relation}){colon}{what}" if relation else words


def _text(code: str) -> str:
    return text_of(Code(code))


def _changes(person: PlannedPerson) -> list[tuple[str, str, str]]:
    """Label, old and new value as people read them."""

    def shown(items: Items, field: Field) -> str:
        if field in items.values:
            return PERSONAL[field].show(items.values[field])
        return ABSENCE_LABELS_RU[items.absent[field]] if field in items.absent else "не указано"

    return [
        (PERSONAL[field].label_ru, shown(person.before, field), shown(person.items, field))
        for field in person.changed
    ]


def _file(content: bytes) -> Response:
    answer = Response(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="list.xlsx"'
    return answer


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None
