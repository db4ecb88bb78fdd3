"""The roads of workers: a spoiled list mended on pages, and a school released by two people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tests.browser.school import ELDER, FAMILIES, MOTHER, YOUNGER, BrowsedSchool
from tests.browser.signing_in import come_in
from tests.browser.visitor import Visitor
from tests.town import HEADER

WRONG_SNILS = f"{YOUNGER.snils[:-2]}{(int(YOUNGER.snils[-2:]) + 1) % 100:02d}"
SHORT_PHONE = "8 900 71-01"


def spoiled_list() -> str:
    """Pasted cells with what happens to lists: three things that people must mend, three that not.

    A wrong check number, a phone that lacks digits, an address with a comma; capitals, a Latin
    letter, a number that begins with 8.
    """
    lines = []
    for number, child in enumerate(FAMILIES):
        cells = child.cells()
        if number == 0:
            cells[1] = cells[1].upper()
            cells[7] = f"8{cells[7][2:]}"
            cells[13] = SHORT_PHONE
        elif number == 1:
            cells[3] = cells[3].replace("о", "o")
            cells[5] = WRONG_SNILS
        else:
            cells[6] = cells[6].replace(".org", ",org")
        lines.append("\t".join(cells))
    return "\n".join([HEADER.replace(";", "\t"), *lines])


@dataclass
class ListRoad:
    """A tutor's. `told`: words of the page after each step."""

    visitor: Visitor
    school: BrowsedSchool
    told: dict[str, str] = field(default_factory=dict, repr=False)

    def whole(self) -> None:
        visitor = self.visitor
        come_in(visitor, self.school, "tutor")
        visitor.follow("Загрузить список")
        visitor.press("Проверить")  # nothing is chosen
        self._note("nothing")
        visitor.fill("Или вставьте ячейки из Excel", spoiled_list())
        visitor.press("Проверить")
        self._note("spoiled")
        visitor.follow("Как поняты столбцы")
        visitor.follow("Вернуться к проверке")
        visitor.press("Отменить")
        self._note("taken back")
        for _ in range(3):
            self._mend()
        self._note("mended")
        visitor.follow("Дальше: что изменится")
        self._note("changes")
        visitor.press("Записать список")
        self._note("written")
        visitor.follow("Собрать решения")
        self._note("tracker")

    def _mend(self) -> None:
        """Put right what stands in the bad cells, by what they hold."""
        right = {
            WRONG_SNILS: YOUNGER.snils,
            SHORT_PHONE: MOTHER.phone,
            "person7003@example,org": "person7003@example.org",
            ELDER.family_name.upper(): ELDER.family_name,
        }
        cells = self.visitor.page.locator("fieldset input:not([type=hidden])")
        for nth in range(cells.count()):
            known = cells.nth(nth).input_value()
            if known in right:
                cells.nth(nth).fill(right[known])
        if cells.count():
            self.visitor.press("Сохранить и проверить снова")

    def _note(self, step: str) -> None:
        self.told[step] = self.visitor.text


@dataclass
class ReleaseRoad:
    """Of tutor, registrar and director, each at a browser of their own."""

    tutor: Visitor
    registrar: Visitor
    director: Visitor
    school: BrowsedSchool
    told: dict[str, str] = field(default_factory=dict, repr=False)

    def whole(self) -> None:
        for role in ("tutor", "registrar", "director"):
            come_in(getattr(self, role), self.school, role)
        self.tutor.follow("Сдать класс")
        self.tutor.press("Сдать класс")
        self.told["handed in"] = self.tutor.text
        self.registrar.follow("Готовность")
        self.told["ready"] = self.registrar.text
        self.registrar.press("Подготовить передачу")
        self.told["prepared"] = self.registrar.text
        self.director.follow("Готовность")
        self.director.follow("Передача школы")
        self.director.press("Запечатать и передать")  # the tick is missing
        self.told["unsaid"] = self.director.text
        self.director.choose("Я проверил(а) числа")
        self.director.press("Запечатать и передать")
        self.told["approved"] = self.director.text

    def appoint(self) -> None:
        """The director goes on leave."""
        self.director.open("/school/acting")
        self.director.fill("Номер приказа", "31-к")
        until = self.school.today + timedelta(days=7)
        self.director.fill_date("По какой день включительно", until.day, until.month, until.year)
        self.director.press("Записать приказ")
        self.told["appointed"] = self.director.text
