"""The school's roads in a browser without JavaScript: a list mended, a school released by two."""

from __future__ import annotations

import pytest

from tests.browser.school_roads import ListRoad, ReleaseRoad

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param("nothing", "Выберите файл", id="nothing chosen"),
        pytest.param("spoiled", "3 исправить", id="only bad rows"),
        pytest.param("spoiled", "Ёлкин-О'Нил Өлзий Ҥургунович", id="rows by name"),
        pytest.param("taken back", "Исправление отменено", id="repair taken back"),
        pytest.param("mended", "Исправлять нечего", id="nothing left to mend"),
        pytest.param("changes", "7А 3", id="what will change"),
        pytest.param("written", "Список записан: новых людей", id="clean commit"),
        pytest.param("tracker", "Ёлкин-О'Нил Ӑтнер Ҥургунович", id="pupils by name"),
    ],
)
def test_a_spoiled_list_is_mended_on_pages(class_list: ListRoad, step: str, words: str):
    assert words in class_list.told[step], class_list.told[step]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param("handed in", "Класс сдан", id="tutor hands in"),
        pytest.param("ready", "Всего 3 = передаём 2 + бумажный дневник 1 + не решили 0", id="sums"),
        pytest.param("prepared", "Передачу утверждает директор", id="one prepares"),
        pytest.param("unsaid", "Нужно исправить", id="approval is said"),
        pytest.param("approved", "Запечатано. Платформа заберёт данные сама", id="other approves"),
        pytest.param("appointed", "Приказ № 31-к", id="somebody acts for the director"),
    ],
)
def test_a_school_is_released_by_two_people(release: ReleaseRoad, step: str, words: str):
    assert words in release.told[step]


def test_after_signing_out_back_shows_nothing(release: ReleaseRoad):
    visitor = release.tutor
    visitor.follow("Собрать решения")
    assert "Ёлкин-О'Нил" in visitor.text
    visitor.press("Выйти")
    visitor.back()
    assert "Ёлкин" not in visitor.text
