"""Programmes and texts are read together: each spoiled thing has its one code and its place."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from consent_forms.catalogue import TEXTS, text_digest
from consent_forms.inspection import inspect_folder
from consent_forms.remarks import SENTENCES, LintCode, LintFinding, said_ru, sentence
from consent_forms.toml_lines import line_of
from policies.programme import PROGRAMMES

ROOT = TEXTS.parents[1]
MESH = "programmes/mesh-2020/1.toml"
CHILD = "texts/child/1"
HTML, TOML = f"{CHILD}/ru.html", f"{CHILD}/form.toml"
OF_MESH = ("child", "guardian_own", "pupil_own", "refusal", "withdrawal")

Spoil = Callable[[Path], object]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The first programme with its texts, published as they are."""
    shutil.copytree(PROGRAMMES / "mesh-2020", tmp_path / "programmes" / "mesh-2020")
    for slug in OF_MESH:
        shutil.copytree(TEXTS / slug, tmp_path / "texts" / slug)
    publish(tmp_path)
    return tmp_path


def publish(shelf: Path) -> None:
    """Pin whatever lies there now."""
    texts, programmes = shelf / "texts", shelf / "programmes"
    pins = [
        f'{folder.parent.name}."{folder.name}" = "{text_digest(folder)}"'
        for folder in sorted(texts.glob("*/*"))
        if all((folder / name).is_file() for name in ("form.toml", "ru.html"))
    ]
    (texts / "pins.toml").write_text("\n".join(pins))
    pins = [
        f'{path.parent.name}."{path.stem}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"'
        for path in sorted(programmes.glob("*/*.toml"))
    ]
    (programmes / "pins.toml").write_text("\n".join(pins))


def put(file: str, old: str, new: str) -> Spoil:
    """Write `new` for the first `old` in a file."""

    def spoil(shelf: Path) -> None:
        path = shelf / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def row_of(file: Path, words: str) -> int:
    rows = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, row in enumerate(rows, start=1) if words in row)


def test_what_is_shipped_is_clean():
    found = inspect_folder(ROOT)
    assert found.remarks == ()
    assert (found.programmes, found.texts) == (2, 10)


def test_a_part_of_it_is_clean_too(shelf: Path):
    assert inspect_folder(shelf).remarks == ()


@pytest.mark.parametrize(
    ("spoil", "file", "words", "code"),
    [
        pytest.param(
            put(HTML, "{{ signer.address | line }}", "{{ signer.adress | line }}"),
            *(HTML, "signer.adress", LintCode.PLACEHOLDER_UNKNOWN),
            id="a placeholder with a slip",
        ),
        pytest.param(
            put(HTML, "{{ relation }}", "{{ mother }}"),
            *(HTML, "{{ mother }}", LintCode.PLACEHOLDER_UNKNOWN),
            id="a placeholder of nobody",
        ),
        pytest.param(
            put(HTML, "{{ relation }}", "{{ loop.index }}"),
            *(HTML, "{{ loop.index }}", LintCode.PLACEHOLDER_UNKNOWN),
            id="what a loop does not tell",
        ),
        pytest.param(
            put(HTML, "</html>", "</html>{% if kind %}"),
            *(HTML, "</html>", LintCode.TEMPLATE_BROKEN),
            id="an open condition",
        ),
        pytest.param(
            put(HTML, "<h2>1.", "<h2 onclick='x'>1."),
            *(HTML, "onclick", LintCode.MARKUP_NOT_PLAIN),
            id="an attribute that acts",
        ),
        pytest.param(
            put(HTML, "</main>", "<script>да</script></main>"),
            *(HTML, "<script>", LintCode.MARKUP_NOT_PLAIN),
            id="a script",
        ),
        pytest.param(
            put(HTML, "</main>", "<p><a href='https://example.org'>сюда</a></p></main>"),
            *(HTML, "<a href", LintCode.MARKUP_NOT_PLAIN),
            id="a way out",
        ),
        pytest.param(
            put(HTML, "</main>", "<!-- мелким шрифтом --></main>"),
            *(HTML, "<!-- ", LintCode.MARKUP_NOT_PLAIN),
            id="hidden words",
        ),
        pytest.param(
            put(HTML, "<!doctype html>", "<!doctype svg>"),
            *(HTML, "<!doctype svg>", LintCode.MARKUP_NOT_PLAIN),
            id="another kind of page",
        ),
        pytest.param(
            put(HTML, "</main>", "<?php x ?></main>"),
            *(HTML, "<?php", LintCode.MARKUP_NOT_PLAIN),
            id="an instruction",
        ),
        pytest.param(
            put(HTML, "</main>", "<![if x]></main>"),
            *(HTML, "<![if x]>", LintCode.MARKUP_NOT_PLAIN),
            id="a condition of a browser",
        ),
        pytest.param(
            put(HTML, "<style>", "<style>main { display: none }"),
            *(HTML, "display: none", LintCode.MARKUP_NOT_PLAIN),
            id="a style of its own",
        ),
        pytest.param(
            put(HTML, '"document.css"', '"receipt.css"'),
            *(HTML, "receipt.css", LintCode.MARKUP_NOT_PLAIN),
            id="another file inside",
        ),
        pytest.param(
            put(HTML, "{{ relation }}", "{{ relation | safe }}"),
            *(HTML, "| safe", LintCode.MARKUP_NOT_PLAIN),
            id="a value that is not escaped",
        ),
        pytest.param(
            put(HTML, "{{ relation }}", "{{ relation }}{{ signer.full_name.encode }}"),
            *(HTML, ".encode", LintCode.MARKUP_NOT_PLAIN),
            id="a value asked for its inside",
        ),
        pytest.param(
            put(HTML, "{{ relation }}", "{{ relation }}{{ form['slug'] }}"),
            *(HTML, "['slug']", LintCode.MARKUP_NOT_PLAIN),
            id="another way to a value",
        ),
        pytest.param(
            put(HTML, "ребёнка в электронную", "pебёнка в электронную"),
            *(HTML, "pебёнка", LintCode.LETTERS_LOOK_ALIKE),
            id="a Latin letter in a Russian word",
        ),
        pytest.param(
            put(HTML, "Если откажетесь,", "Eсли откажетесь, c ним:"),
            *(HTML, "Eсли", LintCode.LETTERS_LOOK_ALIKE),
            id="a Latin word that looks Russian",
        ),
        pytest.param(
            put(TOML, "создать учётную", "cоздать учётную"),
            *(TOML, "purposes =", LintCode.LETTERS_LOOK_ALIKE),
            id="a Latin letter in a purpose",
        ),
        pytest.param(
            put(TOML, 'title = "Согласие', 'title = "Соглaсие'),
            *(TOML, "title =", LintCode.LETTERS_LOOK_ALIKE),
            id="a Latin letter in the title",
        ),
        pytest.param(
            put(HTML, "{{ recipient.legal_name }}", "МЭШ"),
            *(HTML, 'data-element="recipient"', LintCode.BRAND_ONLY),
            id="a brand for the recipient",
        ),
        pytest.param(
            put(HTML, "{{ operator.legal_name }}", "портал «Моя школа»"),
            *(HTML, 'data-element="operator"', LintCode.BRAND_ONLY),
            id="a brand for the operator",
        ),
        pytest.param(
            put(HTML, "{{ processing.legal_name }}", "Госуслуги"),
            *(HTML, 'data-element="processor"', LintCode.BRAND_ONLY),
            id="a brand for the processor",
        ),
        pytest.param(
            put(HTML, "{{ recipient.address }}", "Москва"),
            *(HTML, 'data-element="recipient"', LintCode.ELEMENT_INCOMPLETE),
            id="no address of the recipient",
        ),
        pytest.param(
            put(HTML, 'data-element="rights"', ""),
            *(HTML, None, LintCode.ELEMENT_MISSING),
            id="a section without its name",
        ),
        pytest.param(
            put(TOML, 'term = "srok"', 'term = "kogda"'),
            *(HTML, 'data-element="term"', LintCode.ELEMENT_MISSING),
            id="an anchor that leads nowhere",
        ),
        pytest.param(
            put(HTML, "</main>", "<p>и иным третьим лицам</p></main>"),
            *(HTML, "третьим лицам", LintCode.OPEN_RECIPIENTS),
            id="open recipients",
        ),
        pytest.param(
            put(HTML, "</main>", "<p>Принимаю правила сайта</p></main>"),
            *(HTML, "правила сайта", LintCode.RULES_MIXED),
            id="rules accepted",
        ),
        pytest.param(
            put(TOML, '"electronic_school"', '"photos"'),
            *(TOML, "purpose_group", LintCode.PURPOSES_MIXED),
            id="an unknown group of purposes",
        ),
        pytest.param(
            put(HTML, "чем через 30 дней уничтожает", "чем через 60 дней уничтожает"),
            *(HTML, 'data-element="term"', LintCode.TERMS_DIFFER),
            id="more days than the programme",
        ),
        pytest.param(
            put(HTML, "хранит ещё три года", "хранит ещё пять лет"),
            *(HTML, 'data-element="term"', LintCode.TERMS_DIFFER),
            id="more years than the programme",
        ),
        pytest.param(
            put(HTML, "обработку (10 рабочих", "обработку (15 рабочих"),
            *(HTML, 'data-element="rights"', LintCode.TERMS_DIFFER),
            id="more days to stop than the programme",
        ),
        pytest.param(
            put(TOML, 'decision = "given"', 'decision = "expired"'),
            *(TOML, None, LintCode.TEXT_UNREADABLE),
            id="an answer that nobody signs",
        ),
        pytest.param(
            put(TOML, "purposes = [", "purposes = [ 1,"),
            *(TOML, None, LintCode.TEXT_UNREADABLE),
            id="a purpose that is no text",
        ),
        pytest.param(
            lambda shelf: (shelf / CHILD / "en.html").write_text(""),
            *(CHILD, None, LintCode.TEXT_UNREADABLE),
            id="a third file",
        ),
        pytest.param(
            lambda shelf: shutil.copytree(TEXTS / "child_account", shelf / "texts/child_account"),
            *("texts/child_account/1/form.toml", None, LintCode.TEXT_UNUSED),
            id="a text of no programme",
        ),
        pytest.param(
            put(MESH, 'name = "Департамент информационных технологий города Москвы"', 'name="МЭШ"'),
            *(MESH, 'name="МЭШ"', LintCode.BRAND_ONLY),
            id="a brand for the recipient of a programme",
        ),
        pytest.param(
            put(MESH, "123112, г. Москва, 1-й", "г. Москва, 1-й"),
            *(MESH, "address =", LintCode.ADDRESS_INCOMPLETE),
            id="an address without an index",
        ),
        pytest.param(
            put(MESH, '"legal_name", "address", ', '"address", '),
            *(MESH, "needed =", LintCode.OPERATOR_INCOMPLETE),
            id="a school without a name",
        ),
        pytest.param(
            put(MESH, "вести электронный", "вeсти электронный"),
            *(MESH, "purposes =", LintCode.LETTERS_LOOK_ALIKE),
            id="a Latin letter in a programme",
        ),
        pytest.param(
            put(MESH, 'forms = ["child", "guardian_own"]', 'forms = ["pupil_own"] # '),
            *(MESH, 'forms = ["pupil_own"] #', LintCode.AGES_ODD),
            id="a child decides alone",
        ),
        pytest.param(
            put(MESH, '[[ages]]\nforms = ["pupil_own"]', '[[ages]]\nforms = ["child"]'),
            *(MESH, 'forms = ["child"]', LintCode.AGES_ODD),
            id="a grown-up is asked through the mother",
        ),
        pytest.param(
            put(MESH, '"LOCAL_PEP"]\nneeds', '"LOCAL_PEP", "CHECKBOX"]\nneeds'),
            *(MESH, "accepted =", LintCode.EVIDENCE_WEAK),
            id="a tick for a signature",
        ),
        pytest.param(
            put(MESH, 'needs_agreement = ["LOCAL_PEP"]', "needs_agreement = []"),
            *(MESH, "needs_agreement =", LintCode.EVIDENCE_WEAK),
            id="a code without an agreement",
        ),
        pytest.param(
            put(MESH, "recall_days = 30", "recall_days = 31"),
            *(MESH, "recall_days =", LintCode.TERMS_ODD),
            id="longer than the law leaves",
        ),
        pytest.param(
            put(MESH, 'pupil_own = { slug = "pupil_own"', 'pupil_own = { slug = "pupil"'),
            *(MESH, "pupil_own = {", LintCode.FORM_MISSING),
            id="a text that is not there",
        ),
        pytest.param(
            put(MESH, 'pupil_own = { slug = "pupil_own"', 'pupil_own = { slug = "child"'),
            *(MESH, "pupil_own = {", LintCode.FORM_MISFIT),
            id="a text for another document",
        ),
        pytest.param(
            put(MESH, 'refused = { slug = "refusal"', 'refused = { slug = "withdrawal"'),
            *(MESH, "refused = {", LintCode.FORM_MISFIT),
            id="a withdrawal for a refusal",
        ),
        pytest.param(
            put(MESH, "session_minutes = 30", "session = 30"),
            *(MESH, "[terms]", LintCode.PROGRAMME_UNREADABLE),
            id="a key with a slip",
        ),
        pytest.param(
            put(MESH, 'slug = "mesh-2020"', "slug = "),
            *(MESH, None, LintCode.PROGRAMME_UNREADABLE),
            id="no TOML",
        ),
        pytest.param(
            lambda shelf: (shelf / MESH).rename(shelf / "programmes/mesh-2020/one.toml"),
            *("programmes/mesh-2020/one.toml", None, LintCode.PROGRAMME_UNREADABLE),
            id="a version without a number",
        ),
    ],
)
def test_each_spoiled_thing_is_told_by_its_code_and_place(
    shelf: Path, spoil: Spoil, file: str, words: str | None, code: LintCode
):
    spoil(shelf)
    publish(shelf)
    # A text that its programme no longer names is told besides.
    passed = {LintCode.TEXT_UNUSED} - {code}
    found = [each for each in inspect_folder(shelf).remarks if each.code not in passed]
    assert {each.code for each in found} == {code}
    assert found[0].file == file
    assert found[0].line == (row_of(shelf / file, words) if words else None)


@pytest.mark.parametrize(
    ("spoil", "file", "code"),
    [
        pytest.param(put(HTML, "Решаете вы.", "Решать вам."), HTML, "PIN_DIFFERS", id="a text"),
        pytest.param(put(MESH, "# Letter", "# A letter"), MESH, "PIN_DIFFERS", id="a programme"),
        pytest.param(put("texts/pins.toml", "child.", "# child."), HTML, "PIN_MISSING", id="lost"),
        pytest.param(
            put("programmes/pins.toml", "mesh", "# mesh"), MESH, "PIN_MISSING", id="lost, of rules"
        ),
        pytest.param(
            put("texts/pins.toml", "child.", 'other."1" = "0"\nchild.'),
            "texts/pins.toml",
            "PIN_UNUSED",
            id="a pin of no text",
        ),
        pytest.param(
            put("programmes/pins.toml", "mesh", 'other."1" = "0"\nmesh'),
            "programmes/pins.toml",
            "PIN_UNUSED",
            id="a pin of no programme",
        ),
        pytest.param(
            lambda shelf: (shelf / "texts/pins.toml").write_text("= 1"),
            "texts/pins.toml",
            "PINS_UNREADABLE",
            id="no pins of texts",
        ),
        pytest.param(
            lambda shelf: (shelf / "programmes/pins.toml").unlink(),
            "programmes/pins.toml",
            "PINS_UNREADABLE",
            id="no pins of programmes",
        ),
    ],
)
def test_what_was_published_is_compared(shelf: Path, spoil: Spoil, file: str, code: str):
    spoil(shelf)
    assert [(each.file, each.code) for each in inspect_folder(shelf).remarks] == [
        (file, LintCode(code))
    ]


def test_data_of_a_text_are_those_of_the_programme_for_that_person(shelf: Path):
    put(TOML, ', "phone"]', "]")(shelf)
    publish(shelf)
    (found,) = inspect_folder(shelf).remarks
    assert (found.code, found.file) == (LintCode.ITEMS_DIFFER, MESH)
    assert found.line == row_of(shelf / MESH, "child = {")
    assert "child/1: телефон" in found.text


def test_texts_of_one_programme_serve_one_group_of_purposes(shelf: Path):
    put(TOML, '"electronic_school"', '"school_account"')(shelf)
    publish(shelf)
    (found,) = inspect_folder(shelf).remarks
    assert (found.code, found.file) == (LintCode.PURPOSES_MIXED, MESH)


def test_a_folder_without_programmes_or_texts_is_no_folder_to_read(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="programmes"):
        inspect_folder(tmp_path)


@pytest.mark.parametrize("code", list(LintCode))
def test_every_code_has_a_russian_sentence(code: LintCode):
    assert "{" not in sentence(LintFinding(code, detail="это"))
    assert set(SENTENCES) == set(LintCode)


@pytest.mark.parametrize(
    ("what", "told"),
    [("is missing", "— этого не хватает"), ("is odd", "— не подходит")],
    ids=["known", "unknown"],
)
def test_a_slip_is_told_in_russian(what: str, told: str):
    assert said_ru(what) == told


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("a", 1),
        ("t", 2),
        ("t.b", 3),
        ("t.b.c", 3),
        ("t.lost", 2),
        ("l[2]", 6),
        ("l[2].d", 7),
        ("l[2].d[1].e", 7),
        ("lost", None),
        ("", None),
    ],
)
def test_a_place_has_its_line(place: str, line: int | None):
    text = 'a = 1\n[t]\nb = { c = 1 }\n[[l]]\nd = 1\n[[l]]\nd = [{ e = "=" }]\n'
    assert line_of(text, place) == line
