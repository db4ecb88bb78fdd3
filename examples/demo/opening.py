"""Steps 1 and 2: the service is set up, the school enters it, its class list is taken in."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from examples.demo.calls import sign_in
from examples.demo.school import PROGRAMME, SHORT_NAME, found_school
from examples.demo.show import CLIENT_NAME, ROSTERS, Show, expect, expect_refusal
from examples.demo.stage import ADMINISTRATOR, AUDITOR
from examples.demo.tell import of_pupils, plural
from examples.platform_client.keys import make_keys
from gateway.cli.invented import ZONE, ZONES

LIST = ROSTERS / "school_28.xlsx"
SPOILED_LIST = ROSTERS / "class_7a_28.csv"
_CLASS_HEAD = "Класс"
_TWO_WEEKS = timedelta(days=14)


def set_up(show: Show) -> None:
    """Home, keys, database, administrator; the server runs; the platform's keys are known."""
    tell, stage = show.tell, show.stage
    tell.step(1, "Служба запускается, школа входит")
    stage.prepare()
    tell.did("Администратор", "Подготовил дом службы: четыре связки ключей, базу, свой вход.")
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(stage.repeat_init)
        stage.start()
        again.result()
    tell.note("Подготовка повторена второй раз: ничего не изменилось.")
    tell.did("Служба", f"Веб-сервер и работник запущены: {stage.url}")
    show.admin = sign_in(show.http, ADMINISTRATOR, stage.passwords[ADMINISTRATOR])
    show.auditor = sign_in(show.http, AUDITOR, stage.passwords[AUDITOR])
    platform = show.folder / "platform"
    platform.mkdir(mode=0o700, exist_ok=True)
    show.keys = make_keys(platform / "keys.json")
    show.admin.post(
        "/v1/admin/clients",
        {"name": CLIENT_NAME, "programme": PROGRAMME, "jwks": json.loads(show.keys.public_jwks())},
    )
    tell.did("Администратор", "Записал открытые ключи платформы. Закрытые остались у неё.")


def enter_school(show: Show) -> None:
    """Passport, staff, a collection with a deadline, the headcount of every class."""
    tell, today = show.tell, show.today
    headcounts = count_classes(LIST)
    show.school = found_school(show.http, show.admin, list(headcounts), today)
    tell.did("Администратор", f"Завёл школу: {SHORT_NAME}. Паспорт школы заполнен.")
    if ZONES[0] != ZONE:
        tell.note(
            "Письма семьям уходят с 9 до 20 по часам школы. В Комсомольске сейчас не время, поэтому"
            f" школа живёт по другим часам: {ZONE}."
        )
    tutors = plural(
        len(headcounts), "классный руководитель", "классных руководителя", "классных руководителей"
    )
    tell.did("Администратор", f"Дал входы секретарю и директору; ещё {tutors}.")
    opens_on, deadline_on = today - _TWO_WEEKS, today + _TWO_WEEKS
    show.school.open_collection(opens_on, deadline_on)
    tell.did(
        "Секретарь", f"Открыл сбор {PROGRAMME}: с {opens_on:%d.%m.%Y} по {deadline_on:%d.%m.%Y}."
    )
    show.school.state_enrolment(headcounts, opens_on)
    by_class = ", ".join(f"{name} — {count}" for name, count in headcounts.items())
    tell.did("Секретарь", f"Указал по приказам, сколько учеников в классах: {by_class}.")


def import_lists(show: Show) -> None:
    """The spoiled list is looked at and thrown away, the list of the school goes in."""
    show.tell.step(2, "Список классов")
    look_at_spoiled(show)
    take_in(show)


def look_at_spoiled(show: Show) -> None:
    """What Excel made of a list: repairs, doubts by the teacher's own row numbers, no commit."""
    tell, school = show.tell, show.school
    spoiled = school.upload(SPOILED_LIST.name, SPOILED_LIST.read_bytes())
    review = school.review(spoiled)
    expect(bool(review["repairs"]), "в испорченном списке ничего не исправлено")
    expect(bool(review["findings"]), "в испорченном списке не найдено ошибок")
    tell.did(
        "Секретарь",
        f"Сначала загрузил {SPOILED_LIST.name}: так его сохранил Excel. Шлюз сам исправил"
        f" {plural(len(review['repairs']), 'ячейку', 'ячейки', 'ячеек')} и нашёл то, что решит"
        " только человек.",
    )
    repaired = [
        (r["row"], r["column"], f"Исправлено: {r['before'].strip()} → {r['after']}. {r['detail']}")
        for r in review["repairs"]
    ]
    doubtful = [
        (found.get("row", 0), found.get("column", "весь файл"), found["detail"])
        for found in review["findings"]
    ]
    tell.table(
        "Что покажет учителю просмотр (номера строк — как в его файле)",
        ("Строка", "Столбец", "Что исправлено и что не так"),
        [(row or "", column, text) for row, column, text in sorted(repaired + doubtful)],
    )
    school.cancel(spoiled)
    refused = expect_refusal("import_closed", lambda: school.review(spoiled))
    tell.did("Секретарь", "Отменил эту загрузку: в реестр из неё не попало ничего.")
    tell.refused("Отменённую загрузку ещё раз не открыть.", refused.detail)


def take_in(show: Show) -> None:
    """Upload, review, commit of exactly what was reviewed."""
    tell, school = show.tell, show.school
    import_id = school.upload(LIST.name, LIST.read_bytes())
    review = school.review(import_id)
    expect(review["committable"], "список школы нельзя записать")
    refused = expect_refusal("review_stale", lambda: school.commit(import_id, "0" * 64))
    tell.refused("Записать можно только то, что просмотрено.", refused.detail)
    done = school.commit(import_id, review["digest"])
    show.pupils = school.pupils()
    guardians = {g.person.id for p in show.pupils for g in p.guardians}
    expect(
        done["added"] == len(show.pupils) + len(guardians),
        "записано не столько людей, сколько просмотрено",
    )
    show.results |= {"pupils": len(show.pupils), "guardians": len(guardians)}
    representatives = plural(
        len(guardians),
        "законный представитель",
        "законных представителя",
        "законных представителей",
    )
    tell.did(
        "Секретарь",
        f"Загрузил {LIST.name}, просмотрел и записал: {of_pupils(len(show.pupils))},"
        f" {representatives}.",
    )


def count_classes(path: Path) -> dict[str, int]:
    """Class -> pupils, as the orders of the school would say it."""
    rows: list[list[Any]] = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    head = next(at for at, row in enumerate(rows) if _CLASS_HEAD in row)
    column = rows[head].index(_CLASS_HEAD)
    return dict(Counter(str(row[column]) for row in rows[head + 1 :] if row[column]))
