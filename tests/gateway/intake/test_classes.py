"""Class names as schools write them."""

from __future__ import annotations

import pytest

from gateway.intake.classes import class_in_file_name, class_in_text, parse_class


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("7А", "7А"),
        ("7а", "7А"),
        ("7 а", "7А"),
        ("7-А", "7А"),
        ("7 «А»", "7А"),
        ('7"А"', "7А"),
        ("7A", "7А"),
        ("7b", "7Б"),
        ("10 Б класс", "10Б"),
        ("11", "11"),
        ("7 класс", "7"),
        ("7А1", "7А1"),
        ("7-1", "7-1"),
        ("10 хим-био", "10 хим био"),
        ("13А", None),
        ("0", None),
        ("А", None),
        ("", None),
        ("дошкольники", None),
        ("05.03.2012", None),
    ],
)
def test_a_class_has_one_name(text: str, name: str | None) -> None:
    assert parse_class(text) == name
    if name is not None:
        assert parse_class(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Список учащихся 7А класса", "7А"),
        ("Список класса 10 «Б»", "10Б"),
        ("Класс: 5-В", "5В"),
        ("Сведения об обучающихся 9 класса", "9"),
        ("7А и 7Б классы, 7А класс, 7Б класс", None),
        ("МБОУ СОШ № 28", None),
        ("на 1 сентября 2026 года", None),
    ],
)
def test_a_title_may_name_one_class(text: str, name: str | None) -> None:
    assert class_in_text(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("class_10b_28.xlsx", "10Б"),
        ("C:\\Мои документы\\7а.csv", "7А"),
        ("7 А класс.xlsx", "7А"),
        ("school_28.xlsx", None),
        ("Список на 1 сентября.xlsx", None),
        ("7а и 7б.xlsx", None),
    ],
)
def test_a_file_name_may_name_one_class(text: str, name: str | None) -> None:
    assert class_in_file_name(text) == name
