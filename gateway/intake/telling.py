"""What was read, as the answer of `soglasie import check`: pupils, repairs, findings.

A pupil of whom something is asked stays out of `pupils`. Hints that ask nobody anything (a
namesake, an empty patronymic) are left out; those that only a person can answer are findings
here. An import lets these through: the family looks its data over before it signs.
"""

from __future__ import annotations

from gateway.intake.items import Repair
from gateway.intake.rows import Intake
from policies.contacts import suggest_domain
from policies.facts import Field, Items, PupilRow, RepresentativeRow
from policies.findings import Code, Finding, text_of

Answer = dict[str, list[dict[str, object]]]

QUESTIONS = frozenset(
    {
        Code.EMAIL_DOMAIN_MISTYPED,
        Code.AGE_AGAINST_CLASS,
        Code.CONTACT_DIFFERS,
        Code.FILE_HIDDEN_ROWS,
        Code.FILE_HIDDEN_SHEETS,
        Code.FILE_SHEETS_UNREAD,
    }
)


def asks(finding: Finding) -> bool:
    """A person has to look before the line can be trusted."""
    return not finding.is_hint or finding.code in QUESTIONS


def answer_of(read: Intake) -> Answer:
    """JSON members; `row` and `column` as the teacher sees them; an absent item is empty."""
    asked = [finding for finding in read.findings if asks(finding)]
    held = {read.owner(finding.row) for finding in asked if finding.row is not None}
    rows = {row.row: row for row in read.rows}
    return {
        "pupils": [_pupil(read, row) for row in read.rows if row.row not in held],
        "repairs": [_repair(read, repair) for repair in read.repairs],
        "findings": [_finding(read, finding, rows) for finding in asked],
    }


def refusal_of(code: Code) -> Answer:
    """The answer for a file that cannot be read."""
    finding: dict[str, object] = {
        "row": None,
        "column": None,
        "code": code.value,
        "text": text_of(code),
    }
    return {"pupils": [], "repairs": [], "findings": [finding]}


def sentence(read: Intake, finding: Finding) -> str:
    """What to do, with the sheet, the other row and the likely domain where there is one."""
    rows = {row.row: row for row in read.rows}
    return _sentence(read, finding, rows)


def _pupil(read: Intake, row: PupilRow) -> dict[str, object]:
    return {
        "row": read.place(row.row)[1],
        "class": row.class_name,
        **_items(row.items),
        "representatives": [
            {**_items(each.items), "relation": each.relation} for each in row.representatives
        ],
    }


def _items(items: Items) -> dict[str, object]:
    return {item.value: items.values.get(item, "") for item in Field}


def _repair(read: Intake, repair: Repair) -> dict[str, object]:
    return {
        "row": read.place(repair.row)[1],
        "column": read.said.get(repair.column, repair.column),
        "before": repair.before,
        "after": repair.after,
        "code": repair.code.value,
    }


def _finding(read: Intake, finding: Finding, rows: dict[int, PupilRow]) -> dict[str, object]:
    column = finding.column
    return {
        "row": None if finding.row is None else read.place(finding.row)[1],
        "column": column and read.said.get(column, column),
        "code": finding.code.value,
        "text": _sentence(read, finding, rows),
    }


def _sentence(read: Intake, finding: Finding, rows: dict[int, PupilRow]) -> str:
    text = text_of(finding.code)
    if finding.code is Code.EMAIL_DOMAIN_MISTYPED and (meant := _domain(read, finding, rows)):
        text += f" Может быть, {meant}?"
    if finding.other_row is not None:
        sheet, row = read.place(finding.other_row)
        where = f" листа «{sheet}»" if finding.row and read.place(finding.row)[0] != sheet else ""
        text += f" Сравните со строкой {row}{where}."
    if len(read.sheets) > 1 and finding.row is not None:
        text = f"Лист «{read.place(finding.row)[0]}». {text}"
    return text


def _domain(read: Intake, finding: Finding, rows: dict[int, PupilRow]) -> str | None:
    person: PupilRow | RepresentativeRow | None = rows.get(read.owner(finding.row or 0))
    if isinstance(person, PupilRow) and finding.representative is not None:
        person = person.representatives[finding.representative - 1]
    address = person.items.values.get(Field.EMAIL) if person else None
    return suggest_domain(address) if address else None
