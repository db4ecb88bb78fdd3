"""The eight steps in order, and what is left when they are over."""

from __future__ import annotations

import json
import time
from pathlib import Path

from examples.demo.asking import answer, invite, show_papers
from examples.demo.auditing import audit, keep_checkpoint
from examples.demo.calls import open_http
from examples.demo.delivering import hand_over, recall
from examples.demo.opening import enter_school, import_lists, set_up
from examples.demo.releasing import hand_in, release, see_readiness
from examples.demo.show import Show
from examples.demo.stage import ROOT, Stage
from examples.demo.tell import Teller

SUMMARY = {
    "pupils": "Учеников в списке",
    "guardians": "Законных представителей",
    "ready": "Готовы к передаче",
    "refused": "Отказались",
    "disputed": "Представители спорят",
    "left_out": "Семья не ответила",
    "released": "Передано платформе (после отзыва одной семьи)",
    "revision": "Редакция посылки",
    "recalled": "Отозвано после передачи, человек",
    "journal_entries": "Записей в журнале",
    "seconds": "Секунд",
}


def perform(folder: Path, tell: Teller, database_url: str | None = None) -> Show:
    """Play everything with a service of its own, which is stopped in any case.

    `folder` receives the results; its `home` is made anew. Raises `Unexpected`, `Refused`,
    `StageFault` and whatever else comes between.
    """
    began = time.monotonic()
    clear(folder)
    stage = Stage(folder / "home", folder / "service.log", database_url)
    try:
        refusals: list[bytes] = []
        with open_http(stage.url, refusals) as http:
            show = Show(folder, stage, http, tell, refusals=refusals)
            _play(show)
    finally:
        stage.stop()
    show.results["seconds"] = round(time.monotonic() - began, 1)
    (folder / "summary.json").write_text(
        json.dumps(show.results, ensure_ascii=False, indent=1) + "\n"
    )
    return show


def _play(show: Show) -> None:
    set_up(show)
    enter_school(show)
    import_lists(show)
    invite(show)
    answer(show)
    keep_checkpoint(show)
    show_papers(show)
    hand_in(show)
    see_readiness(show)
    release(show)
    document = hand_over(show)
    recall(show, document)
    audit(show)


def clear(folder: Path) -> None:
    """Take away what an earlier performance left, and nothing else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("platform", "receipts"):
        for path in sorted((folder / name).glob("*")):
            path.unlink()
    for name in ("summary.json", "journal.auditpack", "journal.vkey", "journal.checkpoint"):
        (folder / name).unlink(missing_ok=True)


def _short(folder: Path) -> Path:
    """As people write it: from the checkout."""
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


def tell_summary(show: Show) -> None:
    """The numbers, and where everything lies."""
    tell, folder = show.tell, show.folder
    tell.console.print()
    tell.table(
        "Итог",
        ("Что", "Сколько"),
        [(title, show.results[name]) for name, title in SUMMARY.items()],
        numbers=1,
    )
    tell.table(
        f"Что лежит в {_short(folder)}",
        ("Файл", "Что это"),
        [
            ("summary.json", "эти числа для программ"),
            ("platform/bundle.json", "посылка, как её расшифровала платформа"),
            ("platform/bundle.jwe", "она же, как пришла: подписана и зашифрована"),
            ("receipts/", "квитанции: согласие, отказ, отзыв (PDF и JWS)"),
            ("journal.auditpack", "журнал; проверка: python -m audit.verify … --vkey journal.vkey"),
            ("home/", "дом службы: ключи, база, письма"),
        ],
    )
