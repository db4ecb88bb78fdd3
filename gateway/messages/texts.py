"""The words of every message, in Russian. Neutral between yes and no.

A message names people by the first name only, without SNILS, birth date, address or surname.
`child` is whom the answer is about: also a pupil who signs alone. `phone` is the school's, None
where it has not told one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from policies.contacts import shown_phone

_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
# Cities as people call them; a zone that is not here is told by its offset alone.
_CITIES = {
    "Europe/Kaliningrad": "Калининград",
    "Europe/Moscow": "Москва",
    "Europe/Samara": "Самара",
    "Asia/Yekaterinburg": "Екатеринбург",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск",
    "Asia/Chita": "Чита",
    "Asia/Yakutsk": "Якутск",
    "Asia/Vladivostok": "Хабаровск, Владивосток",
    "Asia/Magadan": "Магадан",
    "Asia/Sakhalin": "Южно-Сахалинск",
    "Asia/Kamchatka": "Петропавловск-Камчатский",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """Subject and plain text of an e-mail."""

    subject: str
    text: str = field(repr=False)


def day_in_words(day: date) -> str:
    """«15 сентября 2026 года»."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} года"


def moment_in_words(moment: datetime, zone: str) -> str:
    """«3 октября 2026 года, 14:05 (Хабаровск, Владивосток, UTC+10)». `moment` is aware."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_in_words(local.date())}, {local:%H:%M} ({_zone_in_words(local, zone)})"


def deadline_in_words(deadline: date, zone: str) -> str:
    """The end of the day in the school's zone, the last minute that counts."""
    end = datetime.combine(deadline, time(23, 59), ZoneInfo(zone))
    return f"23:59 {day_in_words(deadline)} ({_zone_in_words(end, zone)})"


def _zone_in_words(moment: datetime, zone: str) -> str:
    offset = f"{moment:%z}"
    minutes = "" if offset[3:] == "00" else f":{offset[3:]}"
    name = f"UTC{offset[0]}{int(offset[1:3])}{minutes}"
    return f"{_CITIES[zone]}, {name}" if zone in _CITIES else name


def _phone(phone: str | None) -> str:
    """What follows «позвоните в школу»: nothing where no phone is known."""
    return f": {shown_phone(phone)}" if phone else ""


def _questions(phone: str | None) -> str:
    """The last line of a letter that may be asked about."""
    return f"Вопросы — в школу{_phone(phone)}.\n" if phone else ""


def invitation(
    school: str, child: str, deadline: date, zone: str, link: str, phone: str | None
) -> Letter:
    """Ask for an answer. `school`: its short name; `child`: the first name."""
    return Letter(
        f"{school}: нужен ваш ответ",
        f"""Здравствуйте!

{school} просит вас ответить, можно ли передать сведения в электронную школу.
О ком: {child}.

Можно согласиться или отказаться. При отказе останется бумажный дневник.
Ответить можно до {deadline_in_words(deadline, zone)}. Это займёт 3 минуты.

Открыть страницу ответа:
{link}

Ссылка только для вас, не пересылайте её. Чтобы открыть ответ, понадобится код из SMS.
Если письмо пришло вам по ошибке, откройте ссылку и нажмите «Мне пришло по ошибке».
{_questions(phone)}""",
    )


def open_code(code: str, school: str) -> str:
    """SMS with the code that opens a link."""
    return f"{code} — код для ответа ({school}). Никому не говорите его."


def sign_code(code: str, school: str, document: str) -> str:
    """SMS with the code that signs. `document`: the short name shown above the document."""
    return f"{code} — подпись документа {document}, {school}. Никому не говорите код."


def receipt(
    school: str, child: str, number: str, answer: str, answered: str, front: str, phone: str | None
) -> Letter:
    """Confirm an answer, be it yes or no. `answer`: «согласие», «отказ»; `answered`: the moment
    as `moment_in_words` gives it; `front`: the school's page, which sends the personal link."""
    return Letter(
        f"{school}: ваш ответ принят",
        f"""Здравствуйте!

Мы записали ваш ответ: {answer}. О ком: {child}.
Номер ответа: {number}. Время: {answered}.

К письму приложена квитанция. По ней любой может проверить, что ответ не изменён.
Ответ можно изменить или отозвать по личной ссылке. Получить её снова:
{front}
{_questions(phone)}""",
    )


def withdrawal(
    school: str, child: str, number: str, withdrawn: str, due_on: date | None, phone: str | None
) -> Letter:
    """Confirm a withdrawal. `due_on`: by when the platform, which has the data already, destroys
    them; None: it has none.
    """
    after = (
        "Платформа уже получила сведения. Мы сообщили ей об отзыве, она должна уничтожить их "
        f"до {day_in_words(due_on)} и подтвердить это."
        if due_on is not None
        else "Сведения ещё не передавались, и теперь переданы не будут."
    )
    return Letter(
        f"{school}: согласие отозвано",
        f"""Здравствуйте!

Вы отозвали согласие. О ком: {child}.
Номер ответа: {number}. Время: {withdrawn}.

{after}
Если других согласий нет, дневник будет бумажным. Причину объяснять не нужно.
{_questions(phone)}""",
    )


def clash(school: str, child: str, what: str, link: str, phone: str | None) -> Letter:
    """A contact is held by another person. `what`: «телефон», «адрес почты»."""
    return Letter(
        f"{school}: {what} уже указан другим человеком",
        f"""Здравствуйте!

В вашем ответе для {school} указан {what}, который уже указал другой человек.
О ком: {child}. Платформа просит у каждого свой телефон и свою почту.

Проверьте, нет ли опечатки, и укажите свой {what}:
{link}

Если ошибки нет, позвоните в школу{_phone(phone)}. Там помогут подтвердить, что он ваш.
""",
    )


def left_out(
    school: str, child: str, deadline: date, zone: str, link: str, phone: str | None
) -> Letter:
    """Tell a family that could not be reached what happens and how to end it."""
    return Letter(
        f"{school}: ответа пока нет",
        f"""Здравствуйте!

Мы несколько раз пытались с вами связаться и не получили ответа. О ком: {child}.
Поэтому сведения не передаются, а дневник остаётся бумажным.

Это можно изменить: ответьте до {deadline_in_words(deadline, zone)}.
{link}

Можно согласиться или отказаться. Если вы не ответите, ничего больше делать не нужно.
{_questions(phone)}""",
    )


def unknown_contact(school: str, child: str, answered: str, phone: str | None) -> Letter:
    """Warn the contact on file: somebody answered with other contacts."""
    return Letter(
        f"{school}: ответ с других контактов",
        f"""Здравствуйте!

На вопрос школы ответили и указали другие телефон или почту ({school}).
О ком: {child}. Время: {answered}.

Если это были вы или другой родитель, ничего делать не нужно.
Если вы об этом не знаете, позвоните в школу{_phone(phone)}.
""",
    )


def contact_replaced(school: str, replaced: str, phone: str | None) -> Letter:
    """Warn an address that the school put another in its place.

    The address may have been a slip, so nobody is named.
    """
    return Letter(
        f"{school}: почта заменена",
        f"""Здравствуйте!

{school}: записана другая почта вместо этой.
Время: {replaced}. Сутки через новую почту подписать ничего нельзя.

Если вы сами попросили об этом, ничего делать не нужно.
Если вы об этом не знаете, позвоните в школу{_phone(phone)}.
""",
    )


def phone_replaced(school: str) -> str:
    """Warn a phone that the school put another in its place."""
    return f"{school} записала другой телефон вместо этого. Не вы просили? Позвоните в школу."


def newcomer_named(school: str, named: str, phone: str | None) -> Letter:
    """Warn known representatives that another one has named themselves.

    Nobody is named: whoever it is, the school has not checked it.
    """
    return Letter(
        f"{school}: назвался другой представитель",
        f"""Здравствуйте!

По ссылке, которую школа прислала вашей семье, назвался другой законный представитель ({school}).
Время: {named}. Школа проверит документы. До этого ничего не изменится.

Если вы знаете об этом, ничего делать не нужно.
Если вы об этом не знаете, позвоните в школу{_phone(phone)}.
""",
    )


def newcomer_named_sms(school: str) -> str:
    """The same to a phone."""
    return f"{school}: назвался другой представитель ребёнка. Не знаете его? Позвоните в школу."


def newcomer_accepted(school: str, accepted: str, phone: str | None) -> Letter:
    """Tell known representatives that another one is on record now."""
    return Letter(
        f"{school}: записан ещё один представитель",
        f"""Здравствуйте!

{school}: документы проверены, ребёнку записан ещё один законный представитель.
Время: {accepted}. Он ответит за себя по своей ссылке. Ваши ответы остались прежними.

Если вы знаете об этом, ничего делать не нужно.
Если вы об этом не знаете, позвоните в школу{_phone(phone)}.
""",
    )


def newcomer_accepted_sms(school: str) -> str:
    """The same to a phone."""
    return f"{school}: записан ещё один представитель ребёнка. Не знаете его? Позвоните в школу."


DECLINED_BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        "no_documents": "документы не показаны",
        "no_rights": "документы не подтверждают права представителя",
        "wrong_data": "в данных ошибка: проверьте имя, дату рождения, почту и телефон",
        "unreached": "с вами не удалось связаться",
        "known": "вы уже записаны представителем; ответьте по ссылке, которую прислала школа",
    }
)
"""Why the school put somebody not on record (`actions/check_newcomer.Declined`)."""


def newcomer_declined(school: str, because: str, phone: str | None) -> Letter:
    """Tell whoever named themselves that the school did not put them on record, and why.

    The address was proved by nothing, so nobody is named.
    """
    return Letter(
        f"{school}: обращение не принято",
        f"""Здравствуйте!

{school}: кто-то указал эту почту и назвался законным представителем ребёнка.
Школа его не записала. Причина: {because}.
Всё, что было указано, уничтожено.

Если это были вы, назваться можно снова. Вопросы — в школу{_phone(phone)}.
Если это были не вы, ничего делать не нужно.
""",
    )
