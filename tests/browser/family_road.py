"""The road of a mother, from the link of a letter to receipts, a withdrawal, and out again; the
short one of a pupil who answers alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from examples.demo.outbox import Outbox
from tests.browser.school import ELDER, MOTHER, YOUNGER, Someone
from tests.browser.visitor import Visitor

ADDRESS = "681000, г. Комсомольск-на-Амуре, ул. Выдуманная, д. 7, кв. 5"
NUMBER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


@dataclass
class FamilyRoad:
    """What somebody does, and what they keep: `headings` in their order, files by name.

    `papered_on`: the day of every identity document; `number`: of the receipt.
    """

    visitor: Visitor
    outbox: Outbox
    who: Someone = MOTHER
    papered_on: date = date(ELDER.born.year + 2, 5, 7)
    token: str = field(default="", repr=False)
    number: str = ""
    headings: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def come_in(self) -> None:
        """Link, wrong code, right code, «Да, это я»."""
        visitor = self.visitor
        self.token = self.outbox.link(self.who.email)
        visitor.open(f"/p/{self.token}")
        code = self._code_after("Получить код на")
        visitor.fill("Код", "000000" if code != "000000" else "111111")
        visitor.press("Продолжить")
        self._note()
        visitor.fill("Код", code)
        visitor.press("Продолжить")
        self._note()
        visitor.press("Продолжить")  # nothing is chosen beforehand
        self._note()
        visitor.choose("Да, это я")
        visitor.press("Продолжить")
        self._note()

    def agree(self, about: str) -> None:
        """Read, tell address and papers, decide, sign."""
        visitor = self.visitor
        visitor.follow(f"Ответить: {about}")
        visitor.follow("Всё верно, дальше")
        if self.visitor.page.get_by_label("Номер").first.input_value() == "":
            visitor.press("Дальше")
            self._note()
            self._tell_papers()
        visitor.press("Дальше")
        self._note()
        visitor.choose("Согласие: передать данные")
        self._sign("Подписать согласие")

    def refuse(self, about: str) -> None:
        """As short as can be: no address and no paper."""
        visitor = self.visitor
        visitor.follow(f"Ответить: {about}")
        visitor.follow("перейти к отказу")
        self._note()
        self._sign("Подписать отказ")

    def keep_files(self) -> None:
        """Everything that the page of an answer offers."""
        for name in ("Квитанция, PDF", "Квитанция, текст", "Подписанный документ, PDF"):
            self.files[name] = self.visitor.download(name)

    def correct_nothing(self) -> None:
        """A SNILS with a slip of the finger is shown as it was typed, with a reason."""
        visitor = self.visitor
        visitor.follow(f"Исправить данные: Данные ребёнка: {ELDER.given_name}")
        visitor.fill("СНИЛС", "112-233-445 00")
        visitor.press("Сохранить")
        self._note()
        visitor.follow("Не менять")
        visitor.open("/me")

    def withdraw(self) -> None:
        visitor = self.visitor
        visitor.follow(f"Отозвать согласие: Данные ребёнка: {ELDER.given_name}")
        visitor.press("Отозвать согласие")
        self._note()

    def go_home(self) -> None:
        self.visitor.follow("Все ваши ответы")

    def leave(self) -> None:
        self.visitor.press("Выйти")
        self._note()

    def whole(self) -> None:
        """All of it, in one sitting."""
        self.come_in()
        self.correct_nothing()
        self.agree(f"Данные ребёнка: {ELDER.given_name}")
        self.keep_files()
        self.go_home()
        self.refuse(f"Данные ребёнка: {YOUNGER.given_name}")
        self.go_home()
        self.agree("Ваши собственные данные")
        self.go_home()
        self.withdraw()
        self.go_home()

    def straight(self, about: str) -> None:
        """One consent without a slip: from the link to the receipt."""
        visitor = self.visitor
        self.token = self.outbox.link(self.who.email)
        visitor.open(f"/p/{self.token}")
        visitor.fill("Код", self._code_after("Получить код на"))
        visitor.press("Продолжить")
        self._note()
        visitor.choose("Да, это я")
        visitor.press("Продолжить")
        self._note()
        self.agree(about)
        self.number = NUMBER.findall(visitor.text)[0]

    def lose_the_session(self) -> None:
        """Leave, come back by the link that was used, and ask for another."""
        self.leave()
        self.visitor.open(f"/p/{self.token}")
        self._note()
        self.visitor.press("Прислать новую ссылку")
        self._note()

    def _tell_papers(self) -> None:
        visitor = self.visitor
        visitor.fill("Адрес с индексом", ADDRESS)
        issued = (self.papered_on.day, self.papered_on.month, self.papered_on.year)
        for nth, (series, number) in enumerate((("0812", "123456"), ("II-ДВ", "654321"))):
            if visitor.page.get_by_label("Номер", exact=True).count() <= nth:
                break
            if nth:
                visitor.choose("Ребёнок живёт по тому же адресу")
            visitor.fill("Серия, если есть", series, nth)
            visitor.fill("Номер", number, nth)
            visitor.fill_date("Когда выдан", *issued, nth=nth)
            visitor.fill("Кем выдан", "Отдел № 1", nth)

    def _sign(self, words: str) -> None:
        code = self._code_after("Получить код для подписи")
        self._note()
        self.visitor.fill("Код из сообщения", code)
        self.visitor.press(words)
        self._note()

    def _code_after(self, button: str) -> str:
        """The code that comes when a button is pressed."""
        known = self.outbox.codes_sent(self.who.phone)
        self.visitor.press(button)
        self._note()
        return self.outbox.code(self.who.phone, known)

    def _note(self) -> None:
        self.headings.append(self.visitor.heading)
