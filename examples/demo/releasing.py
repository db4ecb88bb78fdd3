"""Step 5: classes are handed in, the school is whole, two people release it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from examples.demo.asking import leave_out_silent, waits
from examples.demo.show import Show, expect, expect_refusal
from examples.demo.tell import of_pupils

DAY = timedelta(days=1)


def hand_in(show: Show) -> None:
    """Nothing leaves while somebody waits; then every tutor hands in."""
    tell, school, silent = show.tell, show.school, show.cast.silent
    tell.step(5, "Школа готова")
    waits(show)
    tell.did("Работник", "Сверил телефоны и адреса между школами: у каждого человека свои.")
    for name in school.class_ids:
        if silent is None or name != silent.class_name:
            school.hand_in(name)
    tell.did("Учителя", "Сдали классы, в которых все ответили.")
    if silent is not None:
        early = expect_refusal("rules_broken", lambda: school.hand_in(silent.class_name))
        tell.refused(f"{silent.class_name} сдать рано.", early.problem["errors"][0]["detail"])
        whole = expect_refusal("rules_broken", school.prepare)
        reasons = " ".join(dict.fromkeys(e["detail"] for e in whole.problem["errors"]))
        tell.refused("И вся школа ждёт одну семью: по частям ничего не уходит.", reasons)
        leave_out_silent(show)
        school.hand_in(silent.class_name)
        tell.did("Учитель", f"Сдал {silent.class_name}.")


def see_readiness(show: Show) -> None:
    """Sums per class against the orders; nothing is left that holds the school back."""
    seen = show.school.readiness()
    expect(not seen["findings"], "что-то ещё держит школу")
    by_name = {place["name"]: place["counts"] for place in seen["classes"]}
    show.tell.table(
        "Готовность школы",
        ("Класс", "По приказу", "Передаются", "Отказ", "Спор", "Без ответа", "Ждём"),
        [_row(name, by_name[name]) for name in show.school.class_ids]
        + [_row("Всего", seen["totals"])],
        numbers=6,
    )
    totals, cast = seen["totals"], show.cast
    expected = {
        "ready": len(show.pupils) - len(cast.on_paper_diary),
        "refused": len(cast.refused),
        "disputed": 0 if cast.split is None else 1,
        "left_out": 0 if cast.silent is None else 1,
    }
    for name, count in expected.items():
        expect(totals[name] == count, f"{name}: ждали {count}, вышло {totals[name]}")
    show.results |= expected


def _row(name: str, counts: dict[str, Any]) -> tuple[object, ...]:
    return (
        name,
        *(counts[c] for c in ("enrolled", "ready", "refused", "disputed", "left_out", "waiting")),
    )


def release(show: Show) -> None:
    """Refused after the deadline, refused to one person alone, then prepared and approved."""
    tell, school = show.tell, show.school
    school.move_deadline(show.today - DAY)
    late = expect_refusal("deadline_passed", school.prepare)
    tell.refused("Для пробы срок сдвинут на вчера.", late.detail)
    school.move_deadline(show.today + 14 * DAY)
    prepared = school.prepare()
    tell.did("Секретарь", f"Вернул срок и подготовил передачу: {of_pupils(prepared['pupils'])}.")
    alone = expect_refusal("not_allowed", lambda: school.approve(prepared, school.registrar))
    tell.refused("Утвердить свою же передачу секретарь не может.", alone.detail)
    school.director.show_factor()
    sealed = school.approve(prepared, school.director)
    expect(sealed["revision"] == 1, "первая посылка не первая")
    again = expect_refusal("already_approved", lambda: school.approve(prepared, school.director))
    tell.did("Директор", "Ввёл код с телефона, утвердил. Посылка подписана и зашифрована.")
    tell.refused("Второй раз утвердить нельзя.", again.detail)
