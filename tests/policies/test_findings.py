"""Every code speaks Russian, briefly, and says what to do."""

import re

import pytest

from policies.findings import HINTS, TEXTS, Code, Finding, text_of


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_russian_text_of_two_sentences_at_most(code):
    text = text_of(code)
    assert re.match(r"[А-ЯЁ]", text)
    assert text.endswith(".")
    assert len(re.findall(r"[.!?](?=\s|$)", text)) <= 2
    assert "некорректн" not in text.lower()


def test_no_text_stands_without_its_code():
    assert set(TEXTS) == set(Code)


def test_a_code_is_its_own_name():
    assert all(code.name == code.value for code in Code)


def test_a_hint_asks_for_a_look_and_a_finding_for_a_repair():
    assert Finding(Code.NAMESAKES).is_hint
    assert not Finding(Code.SNILS_CHECK).is_hint
    assert set(Code) > HINTS
