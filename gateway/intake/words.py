"""The words of class lists: how schools title columns and what they write into cells.

All is data. A phrase is words in order; `*` stands for any ending. Text is compared after
`plain`: small letters, ё as е, № as no, everything but letters and digits a blank.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache

from policies.facts import Absence, Field, GuardianKind
from policies.names import repair_lookalikes


class Role(StrEnum):
    """What a column may hold besides an item."""

    ORDINAL = "ordinal"
    CLASS = "class"
    CLASS_LETTER = "class_letter"
    FULL_NAME = "full_name"
    RELATION = "relation"
    ABSENCE = "absence"  # the reason why an item is missing
    OTHER = "other"  # known, and not asked for


# The phrase with most words wins, then the longer one.
TITLES: dict[Field | Role, tuple[str, ...]] = {
    Role.ORDINAL: ("no", "no п п", "no пп", "п п", "n", "номер", "номер п п", "номер по порядку"),
    Role.CLASS: (
        "класс",
        "класс обучения",
        "номер класса",
        "наименование класса",
        "название класса",
        "класс группа",
        "класс литера",
        "класс с литерой",
        "параллель",
        "учебный класс",
    ),
    Role.CLASS_LETTER: ("литера", "литер", "буква", "буква класса", "литера класса"),
    Role.FULL_NAME: (
        "фио",
        "ф и о",
        "фи",
        "ф и",
        "фамилия имя отчество",
        "фамилия имя и отчество",
        "фамилия имя",
        "фамилия и имя",
        "полное имя",
    ),
    Field.FAMILY_NAME: ("фамилия", "фамилии"),
    Field.GIVEN_NAME: ("имя", "имени"),
    Field.PATRONYMIC: ("отчество", "отчества", "отчество при наличии"),
    Field.BIRTH_DATE: (
        "дата рожд*",
        "дата р",
        "д р",
        "др",
        "день рожд*",
        "рожд*",
        "число месяц год рожд*",
        "год рожд*",
        "родил*",
    ),
    Field.SNILS: (
        "снилс",
        "номер снилс",
        "страховой номер",
        "страховое свидетельство",
        "пенсионное страховое свидетельство",
        "страховой номер индивидуального лицевого счета",
        "лицев* счет*",
    ),
    Field.EMAIL: (
        "e mail",
        "email",
        "mail",
        "емейл",
        "имейл",
        "мейл",
        "мэйл",
        "эл почт*",
        "эл адрес*",
        "эл ящик*",
        "электрон* почт*",
        "электрон* адрес*",
        "адрес* электрон* почт*",
        "адрес* эл почт*",
        "почта",
        "почты",
    ),
    Field.PHONE: (
        "тел",
        "телефон*",
        "контактн* телефон*",
        "контактн* тел",
        "контактн* номер",
        "мобильн* телефон*",
        "мобильн* тел",
        "мобильн* номер",
        "номер* телефон*",
        "номер* мобильн* телефон*",
        "сотов* телефон*",
        "сотов*",
        "мобильн*",
        "моб",
        "моб тел",
        "сот",
        "сот тел",
    ),
    Role.RELATION: (
        "кем приходится",
        "кем приход*",
        "кем доводится",
        "степень родств*",
        "степень родственн*",
        "родство",
        "родственн* связь",
        "родственн* отношен*",
        "тип родства",
        "вид родства",
        "тип представител*",
        "вид представител*",
        "статус представител*",
        "статус родител*",
        "статус законн* представител*",
        "тип законн* представител*",
        "кто",
        "кто это",
        "статус",
    ),
    Role.ABSENCE: (
        "причин*",
        "причин* отсутств*",
        "причин* по которой нет",
        "почему нет",
        "почему отсутств*",
        "отсутств*",
    ),
    Role.OTHER: (
        "адрес*",
        "адрес* регистрац*",
        "адрес* прожив*",
        "домашн* адрес*",
        "место рожд*",
        "место работы",
        "дата выдач*",
        "дата зачисл*",
        "дата заполн*",
        "дата приказ*",
        "дата согласи*",
        "почтов* индекс*",
        "почтов* адрес*",
        "классн* руковод*",
        "домашн* телефон*",
        "рабоч* телефон*",
        "служебн* телефон*",
        "стационарн* телефон*",
        "пол",
        "гражданств*",
        "паспорт*",
        "сери* номер* паспорт*",
        "свидетельств* о рожд*",
        "сери* номер* свидетельств* о рожд*",
        "номер свидетельств* о рожд*",
        "номер личн* дел*",
        "номер приказ*",
        "примечан*",
        "подпис*",
        "логин",
        "имя пользовател*",
        "пароль",
        "прежн* фамили*",
        "фамили* при рожд*",
    ),
}

PUPIL_WORDS = ("учен*", "учащ*", "обуча*", "ребен*", "дет", "дети", "детей", "школьник*")
REPRESENTATIVE_WORDS = (
    "родител*",
    "родит",
    "род",
    "представ*",
    "предст",
    "законн*",
    "зп",
    "опекун*",
    "попечит*",
    "усынов*",
)
# A column may name the person by kinship: its relation is then known without a column for it.
KIN_WORDS: dict[str, tuple[str, ...]] = {
    "мать": ("мать", "матер*", "мам*", "мамы"),
    "отец": ("отец", "отца", "отцу", "отцов*", "папа", "папы", "папин*"),
}
NUMBER_WORDS: dict[int, tuple[str, ...]] = {
    1: ("1", "1й", "1го", "перв*"),
    2: ("2", "2й", "2го", "втор*"),
    3: ("3", "3й", "3го", "трет*"),
}
FILLER_WORDS = ("и", "о", "об", "сведения", "данные", "его", "есиа", "или", "при", "наличии")

NOTHING = frozenset(
    {
        "",
        "нет",
        "нету",
        "нет данных",
        "нет сведений",
        "не имеется",
        "не имеет",
        "не указан",
        "не указано",
        "не указана",
        "неизвестно",
        "отсутствует",
        "н д",
        "б н",
        "0",
        "x",
        "х",
        "none",
        "null",
        "n a",
    }
)
NO_PATRONYMIC = frozenset({"нет", "нет отчества", "без отчества", "не имеет", "отсутствует", "б о"})

RELATIONS: dict[GuardianKind, tuple[str, ...]] = {
    GuardianKind.ADOPTER: ("усынов*", "удочер*"),
    GuardianKind.TRUSTEE: ("попечит*",),
    GuardianKind.GUARDIAN: ("опекун*", "приемн*"),
    GuardianKind.INSTITUTION: ("организац*", "учрежден*", "детск* дом*", "интернат*"),
    GuardianKind.PARENT: (
        "мать",
        "мама",
        "матери",
        "отец",
        "папа",
        "отца",
        "родител*",
    ),
}

ABSENCES: dict[Absence, tuple[str, ...]] = {
    Absence.FOREIGN: ("иностран*", "гражданин", "гражданка", "гражданство"),
    Absence.NO_DEVICE: (
        "нет телефона",
        "нет сотового",
        "нет мобильного",
        "нет устройства",
        "без телефона",
        "телефона нет",
    ),
    Absence.NO_EMAIL: (
        "нет почты",
        "нет эл* почты",
        "нет e mail",
        "нет email",
        "без почты",
        "почты нет",
    ),
    Absence.NOT_ISSUED: (
        "не выда*",
        "не получ*",
        "не оформ*",
        "оформля*",
        "нет снилс",
        "снилс нет",
    ),
}
# Reasons that stand in the cell of the SNILS itself.
STATED_IN_PLACE: dict[Absence, tuple[str, ...]] = {
    Absence.FOREIGN: ("иностран*",),
    Absence.NOT_ISSUED: ("не выда*", "не получ*", "не оформ*", "оформля*"),
}
# Which item a reason can explain.
EXPLAINS: dict[Absence, Field] = {
    Absence.FOREIGN: Field.SNILS,
    Absence.NOT_ISSUED: Field.SNILS,
    Absence.NO_DEVICE: Field.PHONE,
    Absence.NO_EMAIL: Field.EMAIL,
}

# How a line begins that stands below the list and is no pupil.
FOOTERS = (
    "итого",
    "всего",
    "директор*",
    "зам директор*",
    "заместител*",
    "классн* руковод*",
    "кл рук*",
    "подпис*",
    "исполнител*",
    "ответственн*",
    "составил*",
    "м п",
    "согласовано",
    "примечани*",
    "дата заполнен*",
    "дата составлен*",
    "список верен",
    "верно",
)


_LATIN = re.compile("[A-Za-zËë]")


def plain(text: str) -> str:
    """`text` as the phrases of this file are compared."""
    text = unicodedata.normalize("NFKC", text.replace("№", " no "))
    text = with_one_script(text).casefold().replace("ё", "е")
    return re.sub(r"[\W_]+", " ", text).strip()


def with_one_script(text: str) -> str:
    """`repair_lookalikes`, skipped where no Latin letter stands: most cells of a list."""
    return repair_lookalikes(text) if _LATIN.search(text) else text


@cache
def _pieces(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def _matches(phrase: str, words: list[str], at: int) -> bool:
    pieces = _pieces(phrase)
    return len(pieces) <= len(words) - at and all(
        word.startswith(piece[:-1]) if piece.endswith("*") else word == piece
        for piece, word in zip(pieces, words[at:], strict=False)
    )


def says(phrases: tuple[str, ...], text: str) -> bool:
    """One of `phrases` stands in `text` (already `plain`)."""
    words = text.split()
    return any(_matches(phrase, words, at) for phrase in phrases for at in range(len(words)))


def begins(phrases: tuple[str, ...], text: str) -> bool:
    """`text` (already `plain`) begins with one of `phrases`."""
    return any(_matches(phrase, text.split(), 0) for phrase in phrases)


def best_title(text: str) -> Field | Role | None:
    """What a column titled `text` (already `plain`) holds; None when no phrase is in it."""
    words = text.split()
    fits = [
        (len(phrase.split()), len(phrase), meaning)
        for meaning, phrases in TITLES.items()
        for phrase in phrases
        if any(_matches(phrase, words, at) for at in range(len(words)))
    ]
    return max(fits, key=lambda fit: fit[:2])[2] if fits else None
