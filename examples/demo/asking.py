"""Steps 3 and 4: families are asked and answer, each in its own way; papers and receipts."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from examples.demo.calls import Caller
from examples.demo.cast import CHILD, GIVEN, GUARDIAN_OWN, answers_of, choose, representative
from examples.demo.families import Families, Given, Sitting
from examples.demo.outbox import Outbox
from examples.demo.people import Person, Pupil, children, signers
from examples.demo.show import Show, expect, expect_refusal, wait_for
from examples.demo.tell import plural
from examples.platform_client.opening import read_signed

RECEIPT_TYPE = "sg-receipt+jws"
FORMS = {
    "child": "на данные ребёнка — законный представитель",
    "guardian_own": "на свои данные — законный представитель",
    "pupil_own": "на свои данные — ученик с 14 лет",
}


def invite(show: Show) -> None:
    """Agreements on e-signature, the guardian's act, and a letter to everybody who is asked."""
    tell, school = show.tell, show.school
    tell.step(3, "Семьи отвечают")
    show.cast = choose(show.pupils, show.today)
    if show.cast.ward is not None:
        school.record_authority(representative(show.cast.ward), show.today)
        tell.did("Секретарь", "Записал акт о назначении опекуна: теперь спросят и его.")
    show.pupils = school.pupils()
    asked = signers(show.pupils)
    school.record_agreements(list(asked), "ПЭП-28/1", show.today - timedelta(days=10))
    people = plural(len(asked), "человек", "человека", "человек")
    tell.did("Секретарь", f"Записал соглашения о простой электронной подписи: {people}.")
    invited = school.invite()
    tell.did(
        "Секретарь",
        "Разослал приглашения:"
        f" {plural(len(invited['sent']), 'письмо', 'письма', 'писем')}, у каждого своя ссылка.",
    )
    expect(len(invited["sent"]) == len(asked), "приглашены не все, кого спрашивают")
    people_by_id = {p.person.id: p.person for p in show.pupils} | {
        g.person.id: g.person for p in show.pupils for g in p.guardians
    }
    show.families = Families(show.http, Outbox(show.home / "outbox"), show.today, people_by_id)


def answer(show: Show) -> None:
    """Everybody who has something to say says it, a few families at a time."""
    tell, cast = show.tell, show.cast
    said = answers_of(cast, show.pupils)
    speaking = {signer for _, signer, _ in said}
    people = [p for p in signers(show.pupils).values() if p.id in speaking]
    first = cast.mother_of_two_classes or people[0]
    _open_with_wrong_code(show, first)
    _write_own_way(show, show.sittings[first.id])
    rest = [person for person in people if person.id != first.id]
    for ask in show.sittings[first.id].asks:
        for decision in said.get((ask["form"], first.id, ask["subject_id"]), ()):
            show.families.answer(show.sittings[first.id], ask, decision)
    for sitting in show.families.answer_all(rest, lambda key: said.get(key, ())):
        show.sittings[sitting.person.id] = sitting
    given = Counter(a.decision for s in show.sittings.values() for a in s.answers)
    expect(
        sum(given.values()) == sum(map(len, said.values())), "приняты не все ответы, что отправлены"
    )
    tell.did(
        "Семьи",
        f"Ответили: {plural(len(people), 'человек', 'человека', 'человек')},"
        f" {plural(given[GIVEN], 'согласие', 'согласия', 'согласий')},"
        f" {plural(given['refused'], 'отказ', 'отказа', 'отказов')}. У каждого путь один: письмо,"
        " код из SMS, проверка сведений, документ, ответ.",
    )
    _tell_scenes(show)
    _answer_on_paper(show)


def _open_with_wrong_code(show: Show, person: Person) -> None:
    """A slip of the finger costs nothing, and a link opens once."""
    used: list[str] = []

    def try_wrong(link: str) -> None:
        used.append(link)
        wrong = expect_refusal(
            "code_wrong",
            lambda: Caller(show.http).post(f"{link}/session", {"code": "000000"}),
        )
        show.tell.refused("Одна мама ошиблась в коде.", wrong.detail)

    sitting = show.families.open_letter(person, try_wrong)
    show.sittings[person.id] = sitting
    spent = expect_refusal("link_spent", lambda: Caller(show.http).get(used[0]))
    show.tell.refused(
        "С верным кодом страница открылась; та же ссылка второй раз — нет.", spent.detail
    )


def _write_own_way(show: Show, sitting: Sitting) -> None:
    """A phone is the same phone however it is written."""
    for ask in sitting.asks:
        if ask["form"] == GUARDIAN_OWN:
            own = sitting.person.phone.removeprefix("+7")
            changed = sitting.caller.put(
                f"/v1/family/asks/{ask['id']}/items",
                {"phone": f"8 ({own[:3]}) {own[3:6]} {own[6:8]} {own[8:]}"},
            )["changed"]
            expect(changed == [], "тот же телефон в другой записи принят за новый")
            show.tell.did("Мама", "Проверила сведения и переписала телефон через 8: номер тот же.")


def _tell_scenes(show: Show) -> None:
    tell, cast = show.tell, show.cast
    if cast.mother_of_two_classes is not None:
        mother = cast.mother_of_two_classes
        own = [a for a in show.sittings[mother.id].answers if a.key[0] == GUARDIAN_OWN]
        classes = " и ".join(p.class_name for p in children(show.pupils)[mother.id])
        expect(len(own) == 1, "маму двух классов спросили о ней самой не один раз")
        tell.did(
            "Мама", f"Дети в {classes}: один человек, одно письмо, одно согласие на свои данные."
        )
    if cast.teen is not None:
        age = cast.teen.person.age(show.today)
        tell.did(
            "Ученик", f"{cast.teen.class_name}, {age} лет: мама согласна, сам — нет. Решает он."
        )
    if cast.ward is not None:
        tell.did(
            "Опекун",
            f"{cast.ward.class_name}: сначала отказал, потом согласился. Важен последний ответ.",
        )
    if cast.split is not None:
        tell.did(
            "Родители", f"{cast.split.class_name}: один за, другой против. Данные не передаются."
        )
    if cast.refusing:
        classes = ", ".join(p.class_name for p in cast.refusing)
        tell.did("Семьи", f"{classes}: отказались. Дневник у детей будет бумажным.")
    if cast.keeps_own_data is not None:
        tell.did(
            "Мама", f"{cast.keeps_own_data.class_name}: за ребёнка согласна, своих данных не даёт."
        )
    if cast.adult is not None:
        tell.did(
            "Ученик", f"{cast.adult.class_name}, уже 18 лет: отвечает сам, родителей не спрашивают."
        )
    else:
        tell.note("Взрослых учеников на сегодня нет, эту сцену пропускаем.")


def _answer_on_paper(show: Show) -> None:
    pupil = show.cast.paper
    if pupil is None:
        return
    signed_on = show.today - timedelta(days=1)
    for ask in pupil.asks:
        details = show.families.details(
            show.families.people[ask.signer_id], {"form": ask.form, "subject_id": ask.subject_id}
        )
        show.school.record_paper(pupil, ask.id, GIVEN, signed_on, details)
    show.tell.did(
        "Учитель", f"{pupil.class_name}: семья принесла согласия на бумаге, они записаны."
    )


def waits(show: Show) -> dict[str, Any]:
    """Readiness once every contact is settled: only the silent family still waits."""
    silent = 0 if show.cast.silent is None else 1
    seen: dict[str, Any] = {}

    def is_settled() -> bool:
        seen.update(show.school.readiness())
        return bool(seen["totals"]["waiting"] == silent)

    wait_for("телефоны и адреса сверены между школами", is_settled)
    return seen


def leave_out_silent(show: Show) -> None:
    """Two attempts on two days, a proposal, and a second person."""
    pupil, school, tell = show.cast.silent, show.school, show.tell
    if pupil is None:
        return
    reason = "no_answer"
    school.record_attempt(pupil, show.today - timedelta(days=5), "phone")
    few = expect_refusal("rules_broken", lambda: school.propose_leaving_out(pupil, reason))
    tell.refused("Одного звонка молчащей семье мало.", few.problem["errors"][0]["detail"])
    school.record_attempt(pupil, show.today - timedelta(days=2), "letter")
    school.propose_leaving_out(pupil, reason)
    alone = expect_refusal(
        "not_allowed", lambda: school.confirm_leaving_out(pupil, school.registrar)
    )
    tell.refused("Секретарь не может решить это один.", alone.detail)
    school.confirm_leaving_out(pupil, school.director)
    tell.did(
        "Директор",
        f"{pupil.class_name}: согласился оставить ученика без передачи. Семье отправлено письмо.",
    )


def show_papers(show: Show) -> None:
    """The texts that were signed, and receipts that anybody can check."""
    tell = show.tell
    tell.step(4, "Документы и квитанции")
    keys = Caller(show.http).get("/.well-known/jwks.json")
    signed: dict[str, Counter[str]] = {}
    texts: dict[str, dict[str, Any]] = {}
    for sitting in show.sittings.values():
        for given in sitting.answers:
            receipt = json.loads(read_signed(given.receipt.encode(), RECEIPT_TYPE, keys))
            expect(receipt["answer"] == given.id, "квитанция не о том ответе")
            expect(receipt["decision"] == given.decision, "в квитанции другой ответ")
            if given.decision == GIVEN:
                texts[receipt["document"]] = receipt
            signed.setdefault(receipt["document"], Counter())[given.decision] += 1
    tell.table(
        "Что подписывали",
        ("Документ", "Редакция", "Отпечаток текста", "Согласий", "Отказов"),
        [
            (title, texts[form]["form_version"], texts[form]["text_digest"][:16] + "…",
             signed[form][GIVEN], signed[form]["refused"])
            for form, title in FORMS.items()
            if form in texts
        ],
        numbers=2,
    )  # fmt: skip
    tell.did("Любой", "Проверил подписи всех квитанций открытым ключом службы: все сходятся.")
    consent, refusal = _example(show, GIVEN), _example(show, "refused")
    for name, (sitting, given) in (("consent", consent), ("refusal", refusal)):
        keep_receipt(show, name, sitting, given)
    tell.did("Семья", "Скачала квитанции в PDF: согласие и отказ.")


def _example(show: Show, decision: str) -> tuple[Sitting, Given]:
    for sitting in show.sittings.values():
        for given in sitting.answers:
            if given.decision == decision and given.key[0] == CHILD:
                return sitting, given
    raise LookupError(decision)


def keep_receipt(show: Show, name: str, sitting: Sitting, given: Given) -> None:
    """Both forms of a receipt into `receipts/`, as the family downloads them."""
    folder = show.folder / "receipts"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = f"/v1/family/answers/{given.id}/receipt"
    text = sitting.caller.get_bytes(address)
    expect(text.decode() == given.receipt, "скачанная квитанция не та, что выдана")
    (folder / f"{name}.jws").write_bytes(text)
    page = sitting.caller.get_bytes(f"{address}.pdf")
    expect(page.startswith(b"%PDF"), "квитанция не в PDF")
    (folder / f"{name}.pdf").write_bytes(page)


def family_of(show: Show, pupil: Pupil) -> tuple[Sitting, dict[str, Any]]:
    """The open page of the pupil's representative, and what was asked there for the child."""
    sitting = show.sittings[representative(pupil).person.id]
    return sitting, sitting.ask(CHILD, pupil.id)
