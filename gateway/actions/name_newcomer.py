"""Another legal representative names themselves through the link of one whom the school knows.

Nothing follows by itself: the school checks the documents and decides. Whoever it knows already
is warned, by no name, for the link may have come into wrong hands. What was told is destroyed
when the school has decided, when the collection is over, with the signer, or after 30 days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.record_agreement import Authority
from gateway.actions.send_message import send_mail, send_sms
from gateway.errors import BadInput, NotFound, RulesBroken, TooLate, TooManyAttempts
from gateway.messages import texts
from gateway.store.limits import Limit
from gateway.store.links import FamilySession
from gateway.store.newcomers import Newcomer
from gateway.unit import Unit
from policies.dates import age
from policies.facts import Absence, Field, GuardianKind, Items
from policies.findings import Code, Finding
from policies.release import deadline_passed
from policies.requisites import authority_findings
from policies.roster import ADULT

NAMED = Limit("newcomers", 3, timedelta(days=1))
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True, repr=False)
class ToldOfSelf:
    """What a newcomer tells: canonical names, birth day, contacts; the document of the rights."""

    kind: GuardianKind
    values: dict[Field, str] = field(repr=False)
    authority: Authority = field(repr=False)

    @property
    def items(self) -> Items:
        """As a record of the register; an empty patronymic says that there is none."""
        has = Field.PATRONYMIC in self.values
        return Items(self.values, {} if has else {Field.PATRONYMIC: Absence.NONE_BY_LAW})

    def text(self) -> bytes:
        """Canonical JSON: equal words, equal bytes."""
        paper = self.authority
        return canonical.dumps(
            {
                "kind": self.kind.value,
                "values": {item.value: text for item, text in self.values.items()},
                "authority": [
                    paper.kind,
                    paper.number,
                    paper.issued_on.isoformat(),
                    paper.issuer,
                ],
            }
        )

    @classmethod
    def of_text(cls, text: bytes) -> ToldOfSelf:
        match canonical.loads(text):
            case {
                "kind": str(kind),
                "values": dict(values),
                "authority": [str(paper), str(number), str(issued_on), str(issuer)],
            }:
                return cls(
                    GuardianKind(kind),
                    {Field(item): str(value) for item, value in values.items()},
                    Authority(paper, number, date.fromisoformat(issued_on), issuer),
                )
        raise ValueError("not what a newcomer told")


def name_newcomer(unit: Unit, session: FamilySession, told: ToldOfSelf) -> UUID:
    """Keep it for the school to check. The same words twice are kept, and warned of, once.

    Raises `NotFound` where the signer stands for nobody, `TooLate` after the deadline,
    `BadInput`, `RulesBroken`, `TooManyAttempts`. Whether the school knows such a person or
    contact is not told.
    """
    school_id = unit.lock_school(session.school_id)
    require_open(unit, session)
    school = unit.schools.get(school_id)
    children = children_of(unit, school_id, session.signer_id)
    _require_possible(told, school.today(unit.now))
    plain = told.text()
    tag = unit.vault.tag("newcomer", f"{school_id}|{session.signer_id}|{plain.decode()}")
    known = unit.newcomers.with_tag(school_id, tag)
    if known is not None:
        return known
    if seconds := unit.limits.use(NAMED, str(session.signer_id), unit.now):
        raise TooManyAttempts(seconds)
    newcomer_id = unit.new_id()
    sealed = unit.vault.seal(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.NEWCOMER, newcomer_id.bytes + plain
    )
    event = unit.record(
        "newcomer.named",
        school_id=school_id,
        newcomer_id=newcomer_id,
        signer_id=session.signer_id,
    )
    newcomer = Newcomer(
        newcomer_id, session.collection_id, session.signer_id, unit.now, tag, sealed
    )
    unit.newcomers.add(school_id, newcomer, event)
    at = texts.moment_in_words(unit.now, school.zone)
    letter = texts.newcomer_named(school.short_name, at, school.phone)
    warn_guardians(unit, school_id, children, letter, texts.newcomer_named_sms(school.short_name))
    return newcomer_id


def require_open(unit: Unit, session: FamilySession) -> None:
    """Raises `NotFound` where the signer stands for nobody, `TooLate` after the deadline."""
    if not children_of(unit, session.school_id, session.signer_id):
        raise NotFound
    school = unit.schools.get(session.school_id)
    deadline = unit.collections.get(session.school_id, session.collection_id).deadline_on
    if deadline_passed(unit.now, deadline, school.zone):
        raise TooLate


def _require_possible(told: ToldOfSelf, today: date) -> None:
    """Raises `BadInput`, `RulesBroken`."""
    if found := authority_findings(told.authority.issued_on, None, None, today):
        raise BadInput({f"/{finding.part}": finding.code.value for finding in found})
    born = told.items.birth_date
    if born is not None and age(born, today) < ADULT:
        raise RulesBroken([Finding(Code.REPRESENTATIVE_TOO_YOUNG, field=Field.BIRTH_DATE)])


def children_of(unit: Unit, school_id: UUID, signer_id: UUID) -> set[UUID]:
    """Pupils for whom the signer stands today."""
    today = unit.schools.get(school_id).today(unit.now)
    links = unit.pupils.list_guardianships(school_id, guardian_ids=[signer_id])
    return {link.pupil_id for link in links if link.holds_on(today)}


def warn_guardians(
    unit: Unit, school_id: UUID, children: Iterable[UUID], letter: texts.Letter, sms: str
) -> None:
    """To every known address and phone of the children's representatives, each once."""
    today = unit.schools.get(school_id).today(unit.now)
    links = unit.pupils.list_guardianships(school_id, pupil_ids=list(children))
    standing = {link.guardian_id for link in links if link.holds_on(today)}
    known = unit.people.items(school_id, standing).values()
    for to in sorted({each.values[Field.EMAIL] for each in known if Field.EMAIL in each.values}):
        send_mail(unit, school_id, to, letter.subject, letter.text)
    for to in sorted({each.values[Field.PHONE] for each in known if Field.PHONE in each.values}):
        send_sms(unit, school_id, to, sms)


def forget_newcomers(unit: Unit, school_id: UUID) -> int:
    """Delete whose 30 days or whose collection is over, decided about or not; answers how many."""
    zone = unit.schools.get(school_id).zone
    over = [
        collection.id
        for collection in unit.collections.of_school(school_id)
        if deadline_passed(unit.now, collection.deadline_on, zone)
    ]
    return unit.newcomers.forget(school_id, unit.now - LIFE, over)
