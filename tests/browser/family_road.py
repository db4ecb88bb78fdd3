"""The road of one mother: from the link of a letter to receipts, a withdrawal, and out again."""

from __future__ import annotations

from dataclasses import dataclass, field

from examples.demo.outbox import Outbox
from tests.browser.school import ELDER, MOTHER, YOUNGER
from tests.browser.visitor import Visitor

ADDRESS = "681000, г. Комсомольск-на-Амуре, ул. Выдуманная, д. 7, кв. 5"


@dataclass
class FamilyRoad:
    """What the mother does, and what she keeps: `headings` in their order, files by name."""

    visitor: Visitor
    outbox: Outbox
    token: str = field(default="", repr=False)
    headings: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def come_in(self) -> None:
        """Link, wrong code, right code, «Да, это я»."""
        visitor = self.visitor
        self.token = self.outbox.link(MOTHER.email)
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

    def _tell_papers(self) -> None:
        visitor = self.visitor
        visitor.fill("Адрес с индексом", ADDRESS)
        issued = (ELDER.born.day, ELDER.born.month, ELDER.born.year + 2)
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
        known = self.outbox.codes_sent(MOTHER.phone)
        self.visitor.press(button)
        self._note()
        return self.outbox.code(MOTHER.phone, known)

    def _note(self) -> None:
        self.headings.append(self.visitor.heading)
