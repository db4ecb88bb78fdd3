"""The source of a template: plain HTML, known placeholders, Russian letters that are Russian.

Nothing is filled in here: each remark has the line of the file. The bytes that are signed must
show the same everywhere, so scripts, references, hidden words and styles of its own are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser

from jinja2 import TemplateSyntaxError, nodes

from consent_forms.form import ConsentForm
from consent_forms.remarks import LintCode, LintFinding
from consent_forms.rendering import environment

# Tag -> attributes that it may have.
_BARE = ("head", "title", "style", "body", "main", "h1", "h2", "h3", "dl", "dt", "dd", "ul", "ol")
_BARE_TOO = ("li", "br", "strong", "em", "small", "table", "caption", "thead", "tbody", "tr", "td")
TAGS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys((*_BARE, *_BARE_TOO), frozenset[str]()),
    "html": frozenset({"lang"}),
    "meta": frozenset({"charset", "name", "content"}),
    "section": frozenset({"id", "data-element", "class"}),
    "th": frozenset({"scope"}),
    **dict.fromkeys(("p", "div", "span"), frozenset({"class"})),
}
STYLE = "document.css"
FILTERS = frozenset({"line", "join"})
STATEMENTS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Include),
    *(nodes.Name, nodes.Getattr, nodes.Filter, nodes.Const, nodes.CondExpr, nodes.Tuple),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
)

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_RUSSIAN = re.compile(r"[а-яё]+", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)
_ALIKE = frozenset("aceopxyABCEHKMOPTXY")


def template_findings(form: ConsentForm, context: Mapping[str, object]) -> Iterator[LintFinding]:
    """`context`: what a rendering of the text would be told."""
    try:
        tree = environment().parse(form.template)
    except TemplateSyntaxError as broken:
        yield LintFinding(LintCode.TEMPLATE_BROKEN, line=broken.lineno)
        return
    yield from _placeholders(tree, context)
    yield from _Plain(form.template).found


def strange_words(text: str) -> Iterator[str]:
    """Words that are not what they look like: Latin or other letters that pass for Russian."""
    for word in _WORD.findall(text):
        is_latin = bool(_LATIN.fullmatch(word))
        if not (_RUSSIAN.fullmatch(word) or is_latin) or (is_latin and set(word) <= _ALIKE):
            yield word


def _placeholders(tree: nodes.Template, context: Mapping[str, object]) -> Iterator[LintFinding]:
    loops = {
        name.name: None
        for each in tree.find_all(nodes.For)
        for name in (each.target, *each.target.find_all(nodes.Name))
        if isinstance(name, nodes.Name)
    }
    known = {**context, **loops}
    # Jinja lets a loop be asked whether it is at its end.
    attributes = {"loop": {"last"}} if loops else {}
    for node in tree.find_all(nodes.Node):
        name = _unknown(node, known, attributes)
        if name is not None:
            yield LintFinding(LintCode.PLACEHOLDER_UNKNOWN, detail=name, line=node.lineno)
        if _is_forbidden(node):
            word = type(node).__name__.lower()
            yield LintFinding(LintCode.MARKUP_NOT_PLAIN, detail=word, line=node.lineno)


def _unknown(
    node: nodes.Node, known: Mapping[str, object], attributes: Mapping[str, set[str]]
) -> str | None:
    if isinstance(node, nodes.Name) and node.name not in known and node.name not in attributes:
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        name = node.node.name
        parts = attributes.get(name) or _parts(known.get(name))
        if name in {*known, *attributes} and node.attr not in parts:
            return f"{name}.{node.attr}"
    return None


def _parts(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return {str(key) for key in value}
    if is_dataclass(value):
        own = {name for name, it in vars(type(value)).items() if isinstance(it, property)}
        return own | {each.name for each in fields(value)}
    return set()


def _is_forbidden(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Include):
        return not (isinstance(node.template, nodes.Const) and node.template.value == STYLE)
    if isinstance(node, nodes.Filter):
        return node.name not in FILTERS
    if isinstance(node, nodes.Getattr):
        return not isinstance(node.node, nodes.Name)
    return isinstance(node, (nodes.Stmt, nodes.Expr)) and not isinstance(node, STATEMENTS)


def _without_jinja(source: str) -> str:
    """Spaces and line ends in place of what is filled in, so lines stay what they were."""
    return _JINJA.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


class _Plain(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[LintFinding] = []
        self._is_style = False
        self.feed(_without_jinja(source))
        self.close()

    def _refuse(self, what: str) -> None:
        line = self.getpos()[0]
        self.found.append(LintFinding(LintCode.MARKUP_NOT_PLAIN, detail=what, line=line))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        if tag not in TAGS:
            self._refuse(f"<{tag}>")
            return
        for name, value in attrs:
            if name not in TAGS[tag] or not (value or "").strip():
                self._refuse(f"<{tag} {name}>")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_comment(self, data: str) -> None:
        self._refuse("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self._refuse("<!>")

    def handle_pi(self, data: str) -> None:
        self._refuse("<?>")

    def unknown_decl(self, data: str) -> None:
        self._refuse("<![]>")

    def handle_data(self, data: str) -> None:
        if self._is_style and data.strip():
            self._refuse("<style>")
            return
        first = self.getpos()[0]
        for number, row in enumerate(data.split("\n")):
            for word in strange_words(row):
                self.found.append(
                    LintFinding(LintCode.LETTERS_LOOK_ALIKE, detail=word, line=first + number)
                )
