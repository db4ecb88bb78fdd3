"""The sentence of a rule's code for whoever reads the page: staff, or a member of a family.

`policies.findings` speaks to staff about a family. Where that would sound wrong to the family
itself, its own words stand here: what is wrong and what to do, two sentences at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import g

from gateway.web.form_codes import sentence
from policies.findings import Code

_ON_PAPER = "Ответьте на бумаге: бланк даст классный руководитель."

FAMILY_TEXTS: Mapping[Code, str] = MappingProxyType(
    {
        # what stands against an answer
        Code.AGREEMENT_MISSING: (
            "У школы нет с вами соглашения об электронной подписи. Заключите его в школе или"
            " ответьте на бумаге: бланк даст классный руководитель."
        ),
        Code.NOT_ASKED: (
            "Школа вас об этом не спрашивает. Если это ошибка, скажите классному руководителю."
        ),
        Code.PUPIL_TOO_YOUNG: "Вам ещё рано отвечать за себя. За вас ответит родитель или опекун.",
        Code.PUPIL_OF_AGE: "Ученику уже 18 лет, теперь отвечает он сам. От вас ничего не нужно.",
        Code.AUTHORITY_MISSING: (
            "В школе не записан документ о том, что вы представляете ребёнка. Покажите его в школе."
        ),
        Code.AUTHORITY_ENDED: (
            "Срок документа о том, что вы представляете ребёнка, закончился. Покажите в школе"
            " новый."
        ),
        Code.NOTHING_TO_WITHDRAW: "Согласия нет, отзывать нечего.",
        Code.NOTHING_TO_INVALIDATE: "Ответа нет, отменять нечего.",
        Code.ITEM_MISSING: "Не хватает данных. Впишите их на странице «Исправить данные».",
        Code.ABSENCE_NOT_ACCEPTED: (
            "Без этих данных электронный дневник не откроют. Впишите их на странице"
            " «Исправить данные»."
        ),
        # what stands against the telephone and the address that sign
        Code.CONTACT_CHANGED_BY_STAFF: (
            "Школа недавно изменила ваш телефон или почту. Ответить здесь можно через сутки, на"
            " бумаге — сразу."
        ),
        Code.CONTACT_OF_STAFF: (
            f"Ваш телефон или почта записаны и у сотрудника школы. {_ON_PAPER}"
        ),
        Code.CONTACT_SHARED: f"Ваш телефон или почта записаны у нескольких семей. {_ON_PAPER}",
        # what is typed
        Code.SIGNER_WOULD_BE_LOST: (
            "С этой датой рождения отвечать должен кто-то другой. Исправит её школа: покажите"
            " документ."
        ),
        Code.SNILS_OF_ANOTHER: (
            "Такой СНИЛС в школе уже записан у другого человека. Сверьте его с документом; если он"
            " верный, скажите классному руководителю."
        ),
        Code.DUPLICATE_EMAIL: (
            "Такая почта в школе уже записана у другого человека. У каждого почта своя: впишите"
            " другую."
        ),
        Code.DUPLICATE_PHONE: (
            "Такой телефон в школе уже записан у другого человека. У каждого телефон свой: впишите"
            " другой."
        ),
        Code.EMAIL_SEVERAL: "Здесь несколько адресов. Оставьте один.",
        Code.PHONE_SEVERAL: "Здесь несколько телефонов. Оставьте один.",
        Code.NAME_TOO_LONG: "Имя слишком длинное. Проверьте, не попало ли в поле лишнее.",
        Code.NAME_PARTS: "Впишите фамилию, имя и отчество каждое в своё поле.",
    }
)


def told(code: str) -> str:
    """Sentence of a rule's or of a form's code, in the words of who reads this page."""
    caller = g.get("caller")
    if caller is not None and caller.session is not None and code in FAMILY_TEXTS:
        return FAMILY_TEXTS[Code(code)]
    return sentence(code)
