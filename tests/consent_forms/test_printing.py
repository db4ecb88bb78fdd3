"""PDF: tagged, in our own letters, the same each time, and made without asking anybody."""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from consent_forms.catalogue import Catalogue
from consent_forms.facts import DocumentFacts
from consent_forms.printing import FONTS, pdf
from consent_forms.rendering import render
from consent_forms.specimen import specimen
from policies.facts import Field, Items

Facts = Callable[..., DocumentFacts]

NAMES = [
    pytest.param("Алёна Ёлкина", id="ё"),
    pytest.param("Өлзий Түмэн", id="Ө Ү"),
    pytest.param("Ҥургун Ҕаайык", id="Ҥ Ҕ"),
    pytest.param("Кӑмака Ҫӗрпӳ", id="ӑ Ҫ ӗ ӳ"),
    pytest.param("Әминә Җиһан Ңә", id="Ә Җ Һ Ң"),
    pytest.param("О'Нил Д\u2019Артаньян", id="apostrophes"),
    pytest.param("Ёлкина-Өлзиева Анна-Мария", id="hyphens"),
    pytest.param("Ӏалийев Ӣ Ӯ", id="Ӏ Ӣ Ӯ"),
    pytest.param("Їжак Єва Ґанна Ўлад", id="Ї Є Ґ Ў"),
    pytest.param("Žofia Ğülşen", id="latin with marks"),
]


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def text_of(document: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(document).pages).split())


def fonts_of(document: bytes) -> set[str]:
    """Names of all fonts, without the mark of a subset; every one must be embedded."""
    names = set()
    for page in read(document).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0]
            assert "/FontFile2" in inner["/FontDescriptor"]
            names.add(str(font["/BaseFont"]).rsplit("+", 1)[-1])
    return names


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port that writes down whoever calls."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    peer, _ = server.accept()
                except TimeoutError:
                    continue
                with peer:
                    calls.append(peer.recv(200))

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], calls
        done.set()
        thread.join()


def test_a_document_is_a_tagged_pdf_ua(catalogue: Catalogue, facts: Facts):
    document = pdf(render(catalogue.get("child", "1"), facts()))
    root = read(document).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ru"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_metadata_holds_the_title_and_no_person(catalogue: Catalogue, facts: Facts):
    form = catalogue.get("child", "1")
    reader = read(pdf(render(form, facts())))
    assert dict(reader.metadata or {}).keys() == {"/Title", "/Producer"}
    assert reader.metadata is not None
    assert reader.metadata.title == form.title


def test_the_same_document_prints_to_the_same_bytes(catalogue: Catalogue, facts: Facts):
    html = render(catalogue.get("refusal", "1"), facts())
    assert pdf(html) == pdf(html)


def test_threads_print_what_they_were_given(catalogue: Catalogue, facts: Facts):
    html = [render(catalogue.get("refusal", "1"), facts(relation=f"опекун {n}")) for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        printed = list(pool.map(pdf, html))
    assert all(f"опекун {n}" in text_of(document) for n, document in enumerate(printed))


@pytest.mark.parametrize("name", NAMES)
def test_names_are_drawn_in_the_shipped_letters_and_can_be_copied(
    catalogue: Catalogue, facts: Facts, name: str
):
    usual = facts()
    told = replace(
        usual,
        signer=replace(usual.signer, full_name=name),
        items=Items({**usual.items.values, Field.FAMILY_NAME: name}),
    )
    document = pdf(render(catalogue.get("child", "1"), told))
    # Runs in two fonts may be copied with a space between them.
    assert text_of(document).replace(" ", "").count(name.replace(" ", "")) == 3
    assert all(font.startswith("Golos-Text") for font in fonts_of(document))


def test_digits_and_letters_of_one_line_come_from_their_own_files(
    catalogue: Catalogue, facts: Facts
):
    document = pdf(render(catalogue.get("child", "1"), facts()))
    assert {"Golos-Text", "Golos-Text-Cyrillic"} <= fonts_of(document)
    assert "680002, г. Образцовск, ул. Взрослая, д. 7" in text_of(document)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param('<img src="{url}">', id="image"),
        pytest.param('<link rel="stylesheet" href="{url}">', id="stylesheet"),
        pytest.param('<style>@import "{url}";</style>', id="import"),
        pytest.param('<style>body {{ background: url("{url}") }}</style>', id="background"),
        pytest.param(
            '<style>@font-face {{ font-family: x; src: url("{url}") }} p {{ font-family: x }}'
            "</style>",
            id="font",
        ),
        pytest.param('<link rel="attachment" href="{url}">', id="attachment"),
        pytest.param('<a rel="attachment" href="{url}">x</a>', id="attached link"),
        pytest.param('<object data="{url}"></object>', id="object"),
        pytest.param('<embed src="{url}">', id="embed"),
        pytest.param('<base href="{url}"><img src="x.png">', id="base"),
        pytest.param(
            '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>', id="svg"
        ),
    ],
)
def test_nothing_is_fetched(
    markup: str,
    listener: tuple[int, list[bytes]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    port, calls = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("canary-of-a-local-file")
    for url in (f"http://127.0.0.1:{port}/canary", secret.as_uri(), str(secret)):
        document = pdf(f"<!doctype html><p>да</p>{markup.format(url=url)}".encode())
        assert "да" in text_of(document)
        assert read(document).attachments == {}
        assert b"canary-of-a-local-file" not in document
    assert calls == []


def test_our_documents_give_the_printer_nothing_to_complain_of(
    catalogue: Catalogue, facts: Facts, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        for form in catalogue.all():
            for kind in form.kinds:
                listed = specimen(kind, form.items).items
                pdf(render(form, facts(kind, items=listed)))
    assert caplog.records == []


@pytest.mark.parametrize("slug", ["child", "guardian_own", "pupil_own", "refusal", "withdrawal"])
def test_a_signature_never_stands_alone_on_a_sheet(catalogue: Catalogue, facts: Facts, slug: str):
    form = catalogue.get(slug, "1")
    for kind in form.kinds:
        for length in (1, 30, 60):
            told = facts(kind)
            told = replace(told, operator=replace(told.operator, address="ул. Школьная " * length))
            last = read(pdf(render(form, told))).pages[-1].extract_text()
            assert "Подпись" in last
            assert "Роскомнадзор" in last


def test_a_usual_consent_takes_one_sheet_and_a_refusal_one_page(catalogue: Catalogue, facts: Facts):
    assert len(read(pdf(render(catalogue.get("child", "1"), facts()))).pages) == 2
    assert len(read(pdf(render(catalogue.get("refusal", "1"), facts()))).pages) == 1


def test_the_fonts_come_with_their_licence():
    assert "SIL Open Font License" in (FONTS / "LICENSE").read_text()
    assert len(list(FONTS.glob("*.woff2"))) == 8


def test_a_process_that_printed_leaves_nothing_behind(tmp_path: Path):
    code = "from consent_forms.printing import pdf; pdf(b'<p>x</p>')"
    root, env = Path(__file__).parents[2], os.environ | {"TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=env, check=True, capture_output=True
    )
    assert ran.stderr == b""
    assert list(tmp_path.iterdir()) == []


def test_the_room_is_entered_without_the_printer():
    code = (
        "import sys, consent_forms.catalogue, consent_forms.receipts\n"
        "consent_forms.catalogue.Catalogue.load()\n"
        "print([m for m in ('weasyprint', 'segno', 'pikepdf') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True)
    assert ran.stdout.decode().strip() == "[]"
