"""A family reads its own words: for every code that its own actions can meet."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from uuid import UUID

import pytest
from flask import Flask, g

from gateway.actions import answer_rules, correct_items
from gateway.store.links import FamilySession
from gateway.unit import SYSTEM
from gateway.web.context import Caller
from gateway.web.pages.sentences import FAMILY_TEXTS, told
from policies import completeness, consent, contacts, dates, names, requisites, snils
from policies.findings import Code, text_of

CODE = re.compile(r"\bCode\.([A-Z_]+)")
AGAINST = (answer_rules, consent, correct_items)
MET = (*AGAINST, completeness, contacts, dates, names, requisites, snils)
# Whether a consent counts is asked of answers that were kept; an INN is no paper of a family.
NOT_MET = {
    Code.EVIDENCE_NOT_ACCEPTED,
    Code.FORM_OUTDATED,
    Code.FORM_TEXT_DIFFERS,
    Code.INN_LENGTH,
    Code.INN_CHECK,
}
FAMILY = FamilySession(UUID(int=0), UUID(int=1), UUID(int=2), UUID(int=3), b"", None)
FOR_STAFF = re.compile(r"семье|семью|ячейк|столб|строк|списк|платформ|Спросите|Попросите")


def codes_of(module: ModuleType) -> set[Code]:
    return {Code[name] for name in CODE.findall(inspect.getsource(module))} - NOT_MET


@pytest.mark.parametrize(
    "code", sorted({code for module in MET for code in codes_of(module)} | set(FAMILY_TEXTS))
)
def test_no_sentence_for_a_family_speaks_to_the_school(app: Flask, code: Code):
    with app.test_request_context():
        g.caller = Caller(SYSTEM, session=FAMILY)
        words = told(code)
    assert not FOR_STAFF.search(words)
    assert re.match(r"[А-ЯЁ]", words)
    assert len(re.findall(r"[.!?](?=\s|$)", words)) <= 2


@pytest.mark.parametrize("code", sorted(FAMILY_TEXTS))
def test_staff_read_the_sentence_of_the_rule(app: Flask, code: Code):
    with app.test_request_context():
        g.caller = Caller(SYSTEM)
        assert told(code) == text_of(code)


@pytest.mark.parametrize("module", AGAINST, ids=lambda m: m.__name__)
def test_every_code_that_stands_against_an_answer_has_words_of_its_own(module: ModuleType):
    assert codes_of(module) <= set(FAMILY_TEXTS)
