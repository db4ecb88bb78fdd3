"""A school leaves: approval, that is rules, records, signature, encryption, event, stored bundle.

Floor: the same school in plain columns, read and written as JSON by somebody who trusts what
stands there. Both sides are rolled back, so that every turn finds the same school.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Limit, Side, measured
from crypto import canonical, jose
from gateway.actions.approve_release import approve_release
from gateway.actions.pinned_rules import form_for, rules_of
from gateway.actions.prepare_release import prepare_release
from gateway.actions.seal_bundle import CONTENT_TYPE
from gateway.cli.invented import InventedSchool
from gateway.cli.rehearsed_school import RehearsedSchool, Stage
from gateway.store.claims import claim_requests
from gateway.store.consents import Answer, answers, asks
from gateway.store.pupils import guardianships, pupils
from gateway.store.schools import classes
from gateway.unit import Unit
from gateway.wiring import utc_now
from policies.claims import Strength
from policies.facts import AnswerFacts, ClaimState, Decision, EvidenceLevel, Field, Items
from policies.permissions import Role

CPU_SECONDS = 0.060
plain_people = sa.Table(
    "plain_people",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    *(sa.Column(field.value, sa.Text) for field in Field),
)


class RolledBack(Exception):
    """Ends a turn without a trace."""


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """The release on every engine."""
    for place in places.values():
        with place.stage() as stage:
            ready = ReadySchool(stage, place, sizes)
            yield Contest(
                "release",
                place.name,
                Side("approve a release", ready.approve),
                ((Side("unprotected read + JSON", ready.read), Goal(most=2)),),
                limits=(Limit(CPU_SECONDS, "cpu"),),
                notes=(f"{ready.pupils} pupils and {ready.guardians} guardians in the bundle",),
            )


class ReadySchool:
    """A school in which everybody has agreed; its release is prepared."""

    def __init__(self, stage: Stage, place: Place, sizes: Sizes) -> None:
        self._stage, self._place = stage, place
        stage.add_platform()
        listed = InventedSchool(1, sizes.pupils, 1, utc_now().date())
        self.pupils, self.guardians = sizes.pupils, len(listed.persons) - sizes.pupils
        self._school = RehearsedSchool.found(stage, 1)
        self._school.take_in(listed)
        with self._school.by(Role.REGISTRAR) as unit:
            self._items = unit.people.items(self._school.school_id)
            _agree(unit, self._school, self._items)
        self._school.hand_in()
        stage.work()
        with self._school.by(Role.REGISTRAR) as unit:
            self._release = prepare_release(unit, self._school.collection_id)
        with stage.writing.begin() as connection:
            plain_people.metadata.create_all(connection)
            connection.execute(
                plain_people.insert(),
                [
                    {"id": who, **{f.value: items.values.get(f) for f in Field}}
                    for who, items in self._items.items()
                ],
            )

    def approve(self) -> Cost:
        """The director's act; what it made is opened as the platform opens it."""
        release, keys = self._release, self._stage.signing_keys
        with (
            suppress(RolledBack),
            measured(self._place.cpu) as cost,
            self._school.by(Role.DIRECTOR) as unit,
        ):
            bundle = approve_release(unit, release.id, release.set_digest, keys)
            content = unit.bundles.content(self._school.school_id, bundle.id)
            raise RolledBack
        assert (bundle.pupils, bundle.guardians) == (self.pupils, self.guardians)
        assert content is not None
        key = self._stage.platform_key
        kid = jose.thumbprint(key.public_key())
        signed = jose.decrypt(content.decode(), {kid: key}, CONTENT_TYPE)
        evidence = self._stage.signing_keys.public("evidence")
        self._check(canonical.loads(jose.read_bundle(signed.decode(), evidence)))
        return cost

    def read(self) -> Cost:
        """Everything of the bundle from plain columns, in one JSON."""
        with self._stage.writing.connect() as connection:
            with measured(self._place.cpu) as cost:
                text = json.dumps(_document(connection, self._school), ensure_ascii=False)
            connection.rollback()
        self._check(json.loads(text))
        return cost

    def _check(self, document: Any) -> None:
        assert len(document["pupils"]) == self.pupils
        assert len(document["guardians"]) == self.guardians
        for person in document["pupils"]:
            items = self._items[UUID(person["id"])]
            assert person["items"][Field.SNILS] == items.values[Field.SNILS]
            assert person["consents"]


def _agree(unit: Unit, school: RehearsedSchool, items: dict[UUID, Items]) -> None:
    """A yes to everything, and every contact settled: rows only, as the actions leave them."""
    school_id = school.school_id
    rules = rules_of(unit.collections.get(school_id, school.collection_id))
    event = unit.record("school.passport_changed")
    for ask in unit.consents.list_asks(school_id, school.collection_id):
        form = form_for(rules, ask.form, Decision.GIVEN)
        facts = AnswerFacts(
            id=unit.new_id(),
            decision=Decision.GIVEN,
            decided_at=unit.now,
            evidence=EvidenceLevel.LOCAL_PEP,
            form=form.slug,
            form_version=form.version,
            text_digest=form.text_digest,
            document_digest="d" * 64,
            has_agreement=True,
        )
        answer = Answer(facts, ask.id, unit.now, ask.signer_id, None, str(facts.id), "receipt")
        unit.consents.add_answer(school_id, answer, b"sealed", event)
    unit.connection.execute(
        claim_requests.insert(),
        [
            {
                "school_id": school_id,
                "id": unit.new_id(),
                "person_id": who,
                "field": field.value,
                "key_version": unit.vault.index_version,
                "token": unit.vault.token(field, each.values[field], None),
                "holder": bytes(16),
                "strength": Strength.PROVED.value,
                "state": ClaimState.SETTLED.value,
                "queued_at": unit.now,
                "event_id": event,
            }
            for who, each in items.items()
            for field in (Field.EMAIL, Field.PHONE)
        ],
    )


def _document(connection: sa.Connection, school: RehearsedSchool) -> dict[str, object]:
    """The same content as a bundle's; who said yes last is in."""
    school_id = school.school_id
    people = {
        row.id: {field.value: getattr(row, field.value) for field in Field}
        for row in connection.execute(sa.select(plain_people))
    }
    names = {
        row.id: row.name
        for row in connection.execute(
            sa.select(classes.c.id, classes.c.name).where(classes.c.school_id == school_id)
        )
    }
    last: dict[tuple[UUID, UUID], dict[str, str]] = {}
    said = (
        sa.select(
            asks.c.form,
            asks.c.signer_id,
            asks.c.subject_id,
            answers.c.id,
            answers.c.decision,
            answers.c.form_slug,
            answers.c.form_version,
            answers.c.text_digest,
            answers.c.document_digest,
            answers.c.decided_at,
            answers.c.evidence_level,
        )
        .join(asks, sa.and_(asks.c.school_id == answers.c.school_id, asks.c.id == answers.c.ask_id))
        .where(answers.c.school_id == school_id)
        .order_by(answers.c.decided_at)
    )
    for each in connection.execute(said):
        last[each.signer_id, each.subject_id] = {
            "document": each.form,
            "signer": str(each.signer_id),
            "answer": str(each.id),
            "decision": each.decision,
            "form": each.form_slug,
            "form_version": each.form_version,
            "text_digest": each.text_digest,
            "document_digest": each.document_digest,
            "decided_at": each.decided_at.isoformat(),
            "evidence": each.evidence_level,
        }
    families = defaultdict(list)
    for row in connection.execute(
        sa.select(guardianships.c.pupil_id, guardianships.c.guardian_id, guardianships.c.kind)
        .where(guardianships.c.school_id == school_id)
        .order_by(guardianships.c.id)
    ):
        if (row.guardian_id, row.pupil_id) in last:
            families[row.pupil_id].append((row.guardian_id, row.kind))
    told = [
        {
            "id": str(row.person_id),
            "class": names[row.class_id],
            "items": people[row.person_id],
            "guardians": [{"id": str(g), "kind": kind} for g, kind in families[row.person_id]],
            "consents": [
                last[signer, row.person_id]
                for signer in (row.person_id, *(g for g, _ in families[row.person_id]))
                if (signer, row.person_id) in last
            ],
        }
        for row in connection.execute(
            sa.select(pupils.c.person_id, pupils.c.class_id).where(pupils.c.school_id == school_id)
        )
    ]
    guardians = dict.fromkeys(g for family in families.values() for g, _ in family)
    return {
        "pupils": told,
        "guardians": [
            {"id": str(g), "items": people[g], "consents": [last[g, g]]} for g in guardians
        ],
    }
