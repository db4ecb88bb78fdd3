"""What `/help` promises a family that has no account: every way, and what a child needs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("На сайте. Зарегистрируйтесь на gosuslugi.ru", id="the site"),
        pytest.param("В МФЦ. Придите с паспортом и СНИЛС", id="МФЦ"),
        pytest.param("В банке. Если вы клиент банка", id="a bank"),
        pytest.param(
            "Ребёнку до 14 лет Учётную запись ребёнка создаёт родитель из своего подтверждённого",
            id="under 14 through a confirmed parent",
        ),
        pytest.param("своя электронная почта ребёнка", id="own address"),
        pytest.param("до 30 дней", id="up to 30 days"),
        pytest.param("С 14 лет Ученик регистрируется сам", id="from 14"),
        pytest.param("Чтобы ответить школе, она не нужна", id="not needed to answer"),
    ],
)
def test_help_says_how_an_account_is_got(visitor: FlaskClient, words: str):
    page = unescape(re.sub(r"<[^>]+>", " ", visitor.get("/help").text)).replace("\u00a0", " ")
    assert words in " ".join(page.split())
