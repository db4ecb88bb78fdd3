"""Everything that decides the standing of a school's pupils, read at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from gateway.store.claims import ClaimStore
from gateway.store.consents import ConsentStore
from gateway.store.leaving_out import LeavingOutStore
from gateway.store.people import PeopleStore
from gateway.store.pupils import Guardianship, PupilStore
from policies.facts import (
    AnswerFacts,
    Decision,
    FormKind,
    GuardianFacts,
    Items,
    LeftOut,
    PupilFacts,
)

NO_ITEMS = Items({})


class Dossier:
    """Reads facts of pupils from several tables; it writes nothing."""

    def __init__(self, connection: sa.Connection, people: PeopleStore) -> None:
        self._people = people
        self._pupils = PupilStore(connection)
        self._leaving_out = LeavingOutStore(connection)
        self._consents = ConsentStore(connection)
        self._claims = ClaimStore(connection)

    def pupils(
        self, school_id: UUID, collection_id: UUID, only: Iterable[UUID] | None = None
    ) -> list[PupilFacts]:
        """Facts of every pupil on the list (or of `only` these), by person id.

        Whoever was destroyed is on the lists of those collections alone in which the family spoke.
        """
        classes = self._pupils.classes(school_id, None if only is None else list(only))
        pupils = None if only is None else list(classes)
        links = self._pupils.list_guardianships(school_id, pupil_ids=pupils)
        links = [link for link in links if link.pupil_id in classes]
        family = None if pupils is None else [*pupils, *{link.guardian_id for link in links}]
        items = self._people.items(school_id, family)
        asks = self._consents.list_asks(school_id, collection_id, about=family)
        by_ask = self._consents.answers_by_ask(
            school_id, None if family is None else [ask.id for ask in asks]
        )
        answered: dict[tuple[FormKind, UUID, UUID], tuple[AnswerFacts, ...]] = {
            (ask.form, ask.signer_id, ask.subject_id): by_ask.get(ask.id, ()) for ask in asks
        }
        claims = self._claims.states(school_id, family)
        left_out = self._leaving_out.by_pupil(school_id, collection_id)
        changes = self._people.changes.of_people(school_id, family)

        def guardian(link: Guardianship) -> GuardianFacts:
            who = link.guardian_id
            return GuardianFacts(
                person_id=who,
                kind=link.kind,
                has_authority=link.has_authority,
                ends_on=link.ends_on,
                items=items.get(who, NO_ITEMS),
                child=answered.get((FormKind.CHILD, who, link.pupil_id), ()),
                own=answered.get((FormKind.GUARDIAN_OWN, who, who), ()),
                claims=claims.get(who, ()),
                changes=changes.get(who, ()),
            )

        by_pupil: dict[UUID, list[GuardianFacts]] = {}
        for link in links:
            by_pupil.setdefault(link.pupil_id, []).append(guardian(link))
        facts = []
        for pupil, class_id in classes.items():
            out = left_out.get(pupil)
            found = PupilFacts(
                person_id=pupil,
                class_id=class_id,
                items=items.get(pupil, NO_ITEMS),
                guardians=tuple(by_pupil.get(pupil, ())),
                own=answered.get((FormKind.PUPIL_OWN, pupil, pupil), ()),
                claims=claims.get(pupil, ()),
                left_out=LeftOut(out.confirmed_at) if out and out.confirmed_at else None,
                changes=changes.get(pupil, ()),
            )
            if pupil in items or _has_settled(found):
                facts.append(found)
        return facts


def _has_settled(pupil: PupilFacts) -> bool:
    """Something was said of the pupil in this collection; own data kept back says it too."""
    said = [pupil.own, *(g.child for g in pupil.guardians)]
    kept_back = (a.decision is not Decision.GIVEN for g in pupil.guardians for a in g.own)
    return pupil.left_out is not None or any(said) or any(kept_back)
