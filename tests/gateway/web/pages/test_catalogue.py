"""Texts of the pages can be collected for translators: none stands outside of gettext."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

ROOT = Path(__file__).parents[4]
TEMPLATES = ROOT / "gateway" / "web" / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TOLD = re.compile(r'\b(?:_|gettext|ngettext)\((?:\s*"[^"]*")+')
# The three Russian forms of a counted thing: docs/decisions/0019.
_COUNTED = re.compile(r'counted\((?:[^()"]|\([^()]*\))*(?:"[^"]*"(?:,\s*)?){3}\)')
_CYRILLIC = re.compile(r"[А-Яа-яЁё]+")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_text_outside_of_gettext(name: str):
    text = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)
    assert _CYRILLIC.findall(_TAGS.sub("", text)) == []
    code = " ".join(_TAGS.findall(text))
    assert _CYRILLIC.findall(_TOLD.sub("", _COUNTED.sub("", code))) == []


def test_the_texts_are_collected_as_the_documentation_says():
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(ROOT / "gateway", methods, options)
    }
    assert {"Прочитать снова", "Запись повреждена"} <= found
    assert len(found) > 500
