"""Which documents are handed to a family as blanks."""

from __future__ import annotations

from uuid import UUID

from policies.blanks import of_one_guardian, open_documents
from policies.consent import AskFor
from policies.facts import FormKind
from policies.findings import Code, Finding
from policies.standing import Standing, StandingKind

PUPIL, MOTHER, FATHER = UUID(int=1), UUID(int=2), UUID(int=3)


def lacking(form: FormKind, signer: UUID, code: Code = Code.NO_ANSWER) -> Finding:
    return Finding(code, about=signer, form=form)


def waiting(*reasons: Finding) -> Standing:
    return Standing(StandingKind.WAITING, reasons)


def test_every_answer_that_is_lacking_is_a_document():
    where = waiting(
        Finding(Code.ITEM_MISSING, about=PUPIL),
        lacking(FormKind.PUPIL_OWN, PUPIL),
        lacking(FormKind.CHILD, MOTHER, Code.ITEMS_CHANGED),
        lacking(FormKind.GUARDIAN_OWN, MOTHER),
    )
    assert open_documents(PUPIL, where) == [
        AskFor(FormKind.PUPIL_OWN, PUPIL, PUPIL),
        AskFor(FormKind.CHILD, MOTHER, PUPIL),
        AskFor(FormKind.GUARDIAN_OWN, MOTHER, MOTHER),
    ]


def test_a_settled_family_is_handed_nothing():
    refused = Standing(StandingKind.REFUSED, (Finding(Code.CHILD_CONSENT_REFUSED, about=PUPIL),))
    assert open_documents(PUPIL, refused) == []
    assert open_documents(PUPIL, Standing(StandingKind.READY)) == []


def test_one_guardian_is_enough_beside_the_pupil():
    own = AskFor(FormKind.PUPIL_OWN, PUPIL, PUPIL)
    mothers = AskFor(FormKind.CHILD, MOTHER, PUPIL)
    mothers_own = AskFor(FormKind.GUARDIAN_OWN, MOTHER, MOTHER)
    fathers = AskFor(FormKind.CHILD, FATHER, PUPIL)
    assert of_one_guardian([own, mothers, mothers_own, fathers]) == [own, mothers, mothers_own]
    assert of_one_guardian([own]) == [own]
    assert of_one_guardian([]) == []
