"""The road of an auditor: one person's events, and a pack that is checked away from the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.school import MOTHER
from tests.browser.signing_in import enter
from tests.browser.visitor import Visitor


@dataclass
class AuditRoad:
    """`told`: words of the page after each step; `pack`: where the downloaded file lies."""

    visitor: Visitor
    login: str
    password: str = field(repr=False)
    told: dict[str, str] = field(default_factory=dict, repr=False)
    pack: Path = field(init=False)

    def whole(self) -> None:
        visitor = self.visitor
        enter(visitor, self.login, self.password, None)
        visitor.press("Проверить сейчас")
        self.told["checked"] = visitor.text
        visitor.unfold("Взять пакет")
        self.pack = visitor.save("Выгрузить пакет")
        visitor.follow("Найти человека")
        visitor.choose("Телефон")
        visitor.fill("Значение", MOTHER.phone)
        visitor.press("Найти")
        self.told["found"] = visitor.text
        visitor.follow("Школа № 28")
        self.told["events"] = visitor.text
        self.told["address"] = visitor.page.url
