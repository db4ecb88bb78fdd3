"""What the rules of a list say, brought back to the cells of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from gateway.intake.columns import Header
from gateway.intake.items import NAMES
from gateway.intake.lines import Reading
from gateway.intake.meanings import REPRESENTATIVES, Part
from gateway.intake.words import Role
from policies.facts import Absence, Field, Items, PupilRow, RepresentativeRow
from policies.fields import PERSONAL
from policies.findings import Code, Finding
from policies.programme import Programme
from policies.roster import roster_findings

# The value of such a cell is another person's or cannot be right: the line stays without it.
TAKES_THE_ITEM = frozenset(
    {
        Code.DUPLICATE_SNILS,
        Code.DUPLICATE_EMAIL,
        Code.DUPLICATE_PHONE,
        Code.SNILS_OF_ANOTHER,
        Code.REPRESENTATIVE_TOO_YOUNG,
    }
)
# (line of the pupil, representative) -> what is doubted about that person
Doubts = defaultdict[tuple[int | None, int | None], set[tuple[Field | None, Code]]]
_MISSING = (Code.ITEM_MISSING, Code.PATRONYMIC_EMPTY)


def rule(
    reading: Reading, headers: Mapping[int, Header], programme: Programme, today: date
) -> tuple[tuple[PupilRow, ...], list[Finding]]:
    """The lines without what the rules doubt, and all remarks with the titles of their columns.

    `headers`: line of a pupil -> the titles above it.
    """
    ruled = [
        _placed(finding, headers, reading)
        for finding in roster_findings(reading.rows, programme, today)
    ]
    found = [*reading.findings, *_without_echo(reading.findings, ruled)]
    doubts: Doubts = defaultdict(set)
    for finding in found:
        doubts[reading.owner(finding.row), finding.representative].add(
            (finding.field, finding.code)
        )
    return tuple(_settled(row, headers[row.row], reading, doubts) for row in reading.rows), found


def _placed(finding: Finding, headers: Mapping[int, Header], reading: Reading) -> Finding:
    """A remark of the rules with the line and the title of the column that it speaks of."""
    if finding.row is None:
        return finding
    line, part = finding.row, Part.PUPIL
    if finding.representative is not None:
        # No representative at all is told at the place of the first.
        there = reading.places[line] or [(line, part) for part in REPRESENTATIVES]
        line, part = there[finding.representative - 1]
    if finding.field is None:
        return replace(finding, row=line)
    header = headers[finding.row]
    column = header.find(part, finding.field)
    if column is None and finding.field in NAMES:
        column = header.find(part, Role.FULL_NAME)
    title = column.title if column else PERSONAL[finding.field].label_ru
    return replace(finding, row=line, column=title)


def _without_echo(read: Sequence[Finding], ruled: Sequence[Finding]) -> Iterator[Finding]:
    """`ruled` less «missing» where the cell already has a remark on what stands in it."""
    told = {(found.row, found.column) for found in read}
    for found in ruled:
        if found.code not in _MISSING or (found.row, found.column) not in told:
            yield found


def _settled(row: PupilRow, header: Header, reading: Reading, doubts: Doubts) -> PupilRow:
    people: list[RepresentativeRow] = []
    for number, each in enumerate(row.representatives, start=1):
        _, part = reading.places[row.row][number - 1]
        items = _items(each.items, header, part, doubts.get((row.row, number)))
        people.append(each if items is each.items else replace(each, items=items))
    items = _items(row.items, header, Part.PUPIL, doubts.get((row.row, None)))
    return replace(row, items=items, representatives=tuple(people))


def _items(
    items: Items, header: Header, part: Part, doubts: set[tuple[Field | None, Code]] | None
) -> Items:
    if doubts is None:
        return items
    taken = {item for item, code in doubts if code in TAKES_THE_ITEM}
    absent = dict(items.absent)
    has_place = header.find(part, Field.PATRONYMIC) or header.find(part, Role.FULL_NAME)
    if has_place and (Field.PATRONYMIC, Code.PATRONYMIC_EMPTY) in doubts:
        # An empty cell is how schools write that there is none; the hint asks for a look.
        absent[Field.PATRONYMIC] = Absence.NONE_BY_LAW
    values = {item: value for item, value in items.values.items() if item not in taken}
    return Items(values=values, absent=absent)
