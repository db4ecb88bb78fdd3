"""What a page costs somebody who has never been here."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response


def bytes_of_visit(browser: Browser, address: str) -> dict[str, int]:
    """Bytes over the wire by path, headers too; nothing may come from another host."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU")
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    host, received = urlsplit(address).netloc, dict[str, int]()
    for answer in answers:
        assert urlsplit(answer.url).netloc == host, answer.url
        assert answer.ok, answer.url
        sizes = answer.request.sizes()
        path = urlsplit(answer.url).path
        received[path] = sizes["responseHeadersSize"] + sizes["responseBodySize"]
    context.close()
    return received
