"""Registers on paper: tagged, every cell there, nothing taken for markup."""

from __future__ import annotations

import io

import pikepdf
import pytest

from consent_forms.registers import Register, register_html, register_pdf

NARROW = Register(
    title="Доказательства одного ответа",
    school_name="МБОУ «Школа № 28»",
    made="Составлено 1 сентября 2026 г., registrar-28",
    facts=(("Кто ответил", "О’Коннор Ҥургун <b>Ӑ</b>"),),
)
WIDE = Register(
    title="Реестр согласий и отзывов",
    school_name="МБОУ «Школа № 28»",
    made="Составлено 1 сентября 2026 г., registrar-28",
    sums=("Всего учеников 90 = передаём 90 + бумажный дневник 0 + не решили 0.",),
    caption="По порядку времени",
    columns=("№", "Когда", "Класс", "О ком", "Решение"),
    rows=tuple((str(n), "1 сентября", "7А", f"Ёлкина {n}", "согласие") for n in range(1, 91)),
)


@pytest.mark.parametrize("register", [NARROW, WIDE], ids=["facts", "table"])
def test_a_register_is_a_tagged_pdf_in_russian(register: Register):
    with pikepdf.open(io.BytesIO(register_pdf(register))) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "ru"
        assert str(pdf.docinfo["/Title"]) == register.title
        width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
        assert (width > height) is register.is_wide
        assert (len(pdf.pages) > 1) is (register is WIDE)


def test_every_cell_stands_there_and_no_value_is_markup():
    html = register_html(NARROW).decode()
    assert "&lt;b&gt;Ӑ&lt;/b&gt;" in html
    assert register_html(NARROW) == register_html(NARROW)
    assert register_html(WIDE).decode().count("<tr>") == 91


def test_an_empty_register_says_so():
    html = register_html(Register("Реестр", "Школа", "Сегодня", empty="Пока никто не ответил."))
    assert "Пока никто не ответил." in html.decode()
    assert "<table" not in html.decode()
