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
    PARALLEL = "parallel"
    ABSENCE = "absence"  # the reason why an item is missing
    AGREEMENT = "agreement"  # on simple e-signature: number, or number and day
    AGREEMENT_DATE = "agreement_date"
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
        "учебный класс",
        "кл",
        "класс обучающ*",
        "класс учен*",
        "класс учащ*",
        "текущий класс",
        "класс в котором обуча*",
    ),
    Role.PARALLEL: ("параллель", "номер параллели", "параллель классов"),
    Role.CLASS_LETTER: (
        "литера",
        "литер",
        "буква",
        "буква класса",
        "литера класса",
        "индекс класса",
    ),
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
        "фамилия и о",
        "фамилия и инициалы",
        "фамилия имя отч",
        "имя и фамилия",
    ),
    Field.FAMILY_NAME: ("фамилия", "фамилии", "фам"),
    Field.GIVEN_NAME: ("имя", "имени"),
    Field.PATRONYMIC: ("отчество", "отчества", "отчество при наличии", "отч"),
    Field.BIRTH_DATE: (
        "дата рожд*",
        "дата р",
        "дата рож",
        "дата рождения дд мм гггг",
        "д рожд*",
        "д р",
        "др",
        "день рожд*",
        "рожд*",
        "число месяц год рожд*",
        "год рожд*",
        "г р",
        "г рожд*",
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
        "сниилс",
        "номер страхов*",
        "номер пенсионн* страхов*",
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
        "эл почт* госуслуг*",
        "электр почт*",
        "электр адрес*",
        "э почт*",
        "элпочт*",
        "е майл",
        "емаил",
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
        "тлф",
        "номер моб",
        "моб номер",
        "сот* номер",
        "номер сот*",
        "no тел",
        "номер тел",
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
        "родств*",
        "отношени* к ребенк*",
        "отношени* к обуча*",
        "отношени* к учен*",
        "роль представител*",
        "категори* представител*",
        "кем является",
        "статус зп",
    ),
    Role.ABSENCE: (
        "причин*",
        "причин* отсутств*",
        "причин* по которой нет",
        "почему нет",
        "почему отсутств*",
        "отсутств*",
    ),
    Role.AGREEMENT: (
        "соглашени*",
        "номер соглашени*",
        "no соглашени*",
        "соглашени* об использовании",
        "соглашени* на пэп",
        "соглашени* пэп",
        "соглашени* о простой электрон* подпис*",
        "соглашени* об использовании простой электрон* подпис*",
    ),
    Role.AGREEMENT_DATE: (
        "дата соглашени*",
        "дата заключени* соглашени*",
        "соглашени* дата",
        "соглашени* пэп дата",
        "соглашени* на пэп дата",
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
        "дата прибыт*",
        "дата поступл*",
        "дата отчисл*",
        "дата регистрац*",
        "дата смены",
        "возраст",
        "статус семьи",
        "социальн* статус",
        "статус учен*",
        "статус обуча*",
        "статус учащ*",
        "состав семьи",
        "место жительств*",
        "место учебы",
        "имя класса",
        "имя родит* класса",
        "группа здоровья",
        "инн",
        "полис*",
        "согласи*",
        "согласи* на обработк*",
        "дата подпис*",
        "должность",
        "комментари*",
        "телефон* рабоч*",
        "телефон* домашн*",
        "дом тел",
        "раб тел",
        "тел дом",
        "тел раб",
    ),
}

# Read so only where no clearer title says who somebody is.
WEAK_RELATIONS = ("кто", "кто это", "статус", "роль")

PUPIL_WORDS = (
    "учен*",
    "учащ*",
    "обуча*",
    "обуч",
    "уч ся",
    "ребен*",
    "дет",
    "дети",
    "детей",
    "школьник*",
    "воспитан*",
)
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
    "отец": ("отец", "отца", "отце", "отцу", "отцом", "отцов*", "папа", "папе", "папы", "папин*"),
}
# A guardian's column, where no parent is named beside.
GUARDIAN_KIN: dict[str, tuple[str, ...]] = {
    "опекун": ("опекун*",),
    "попечитель": ("попечител*",),
    "усыновитель": ("усыновител*",),
}
PARENT_WORDS = ("родит*", "род", "представ*", "предст", "законн*", "зп")
NUMBER_WORDS: dict[int, tuple[str, ...]] = {
    1: ("1", "1й", "1го", "n1", "перв*"),
    2: ("2", "2й", "2го", "n2", "втор*"),
    3: ("3", "3й", "3го", "n3", "трет*"),
}
FILLER_WORDS = (
    "и",
    "о",
    "об",
    "сведения",
    "данные",
    "его",
    "есиа",
    "или",
    "при",
    "наличии",
    "no",
    "полностью",
)

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
        "nan",
        "нет инф",
        "нет информации",
        "данных нет",
        "прочерк",
        "отсутствуют",
        "не имею",
    }
)
NO_PATRONYMIC = frozenset(
    {
        "нет",
        "нету",
        "нет отчества",
        "без отчества",
        "отчества нет",
        "отчество отсутствует",
        "не имеет",
        "не имеется",
        "отсутствует",
        "б о",
    }
)
NO_PATRONYMIC_AT_END = re.compile(
    r"[\s,]*\(?(?:без отчества|нет отчества|отчества нет|отчество отсутствует|б/о)\)?\s*$"
    r"|\s+[-–—]+\s*$",
    re.IGNORECASE,
)
_KIN = r"(мать|мама|отец|папа|родитель|опекун|попечитель|усыновитель)"
KIN_IN_CELL = re.compile(
    rf"^{_KIN}\s*[:–—-]\s*|\s*\({_KIN}\)$|,\s*{_KIN}$|\s+[–—-]\s*{_KIN}$", re.IGNORECASE
)

RELATIONS: dict[GuardianKind, tuple[str, ...]] = {
    GuardianKind.ADOPTER: ("усынов*", "удочер*"),
    GuardianKind.TRUSTEE: ("попечит*",),
    GuardianKind.GUARDIAN: ("опекун*", "приемн*"),
    GuardianKind.INSTITUTION: ("организац*", "учрежден*", "детск* дом*", "интернат*"),
    GuardianKind.PARENT: (
        "мать",
        "мама",
        "матери",
        "матерь",
        "мамы",
        "мам",
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
        "нет своего телефона",
        "нет личного телефона",
        "не имеет телефона",
        "телефон отсутств*",
        "телефон не имеет*",
    ),
    Absence.NO_EMAIL: (
        "нет почты",
        "нет эл* почты",
        "нет e mail",
        "нет email",
        "без почты",
        "почты нет",
        "нет электрон* почт*",
        "нет электрон* адрес*",
        "не имеет почт*",
        "почт* отсутств*",
        "почт* не имеет*",
        "нет своей почты",
    ),
    Absence.NOT_ISSUED: (
        "не выда*",
        "не получ*",
        "не оформ*",
        "оформля*",
        "нет снилс",
        "снилс нет",
        "снилс отсутств*",
        "в процессе оформлен*",
        "не имеет снилс",
    ),
}
# Reasons that stand in the cell of the item itself.
STATED_IN_PLACE: dict[Field, dict[Absence, tuple[str, ...]]] = {
    Field.SNILS: {
        Absence.FOREIGN: ("иностран*",),
        Absence.NOT_ISSUED: ABSENCES[Absence.NOT_ISSUED],
    },
    Field.PHONE: {Absence.NO_DEVICE: ABSENCES[Absence.NO_DEVICE]},
    Field.EMAIL: {Absence.NO_EMAIL: ABSENCES[Absence.NO_EMAIL]},
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
    "социальн* педагог*",
    "педагог*",
    "завуч*",
    "методист*",
    "воспитател*",
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
    "м п",
    "исп",
    "тел исп*",
    "зам",
    "секретар*",
    "учител*",
    "количеств* учащ*",
    "количеств* обуча*",
    "кол во",
    "мальчиков",
    "девочек",
)
# First words of such a line that are nobody's family name.
OFFICES = (["директор"], ["директора"], ["заместитель"], ["учитель"], ["секретарь"], ["итого"])
# Sheets beside the list, where another one holds it.
SHEETS_ASIDE = (
    "инструкци*",
    "справочник*",
    "пример*",
    "образ*",
    "как заполн*",
    "правила",
    "словар*",
    "списки для выбора",
    "шаблон* пример*",
    "удален*",
    "выбыв*",
    "архив*",
)
# How a line under the titles begins that says how to fill them in.
GUIDES = ("пример*", "образец", "обязательн*", "дд мм гггг", "текст", "xxx xxx*", "формат*")


_LATIN = re.compile("[A-Za-zËë]")
_TO_LATIN = str.maketrans("АВСЕНКМОРТХасеорхуі", "ABCEHKMOPTXaceopxyi")
# A Latin letter that no Cyrillic one looks like: the word is Latin without a doubt.
_ONLY_LATIN = re.compile("[DFGIJLNQRSUVWYZbdfghijklmnqrstuvwz]")
_MIXED_LATIN = re.compile("[A-Za-z]*(?:[A-Za-z][А-Яа-яі]|[А-Яа-яі][A-Za-z])[A-Za-zА-Яа-яі]*")


def plain(text: str) -> str:
    """`text` as the phrases of this file are compared."""
    text = unicodedata.normalize("NFKC", text.replace("№", " no "))
    text = with_one_script(text).casefold().replace("ё", "е")
    return re.sub(r"[\W_]+", " ", text).strip()


def with_one_script(text: str) -> str:
    """Words of one script: Latin look-alikes in a Cyrillic word, else Cyrillic ones in a Latin
    word («Smitн» stays: н is no Latin letter's double). Most cells hold no Latin letter.
    """
    if not _LATIN.search(text):
        return text
    return _MIXED_LATIN.sub(_all_latin, repair_lookalikes(text))


def _all_latin(word: re.Match[str]) -> str:
    changed = word[0].translate(_TO_LATIN)
    return changed if changed.isascii() and _ONLY_LATIN.search(word[0]) else word[0]


@cache
def _pieces(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def _matches(pieces: tuple[str, ...], words: list[str], at: int) -> bool:
    return len(pieces) <= len(words) - at and all(
        word.startswith(piece[:-1]) if piece.endswith("*") else word == piece
        for piece, word in zip(pieces, words[at:], strict=False)
    )


@cache
def _title_phrases() -> dict[str, list[tuple[str, Field | Role]]]:
    """The phrases of titles by the first two letters of their first word."""
    found: dict[str, list[tuple[str, Field | Role]]] = {}
    for meaning, phrases in TITLES.items():
        for phrase in phrases:
            found.setdefault(_beginning(phrase), []).append((phrase, meaning))
    return found


@cache
def _by_beginning(phrases: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Pieces of `phrases` by the first two letters of their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        found.setdefault(_beginning(phrase), []).append(_pieces(phrase))
    return found


def _beginning(phrase: str) -> str:
    return _pieces(phrase)[0].rstrip("*")[:2]


def says(phrases: tuple[str, ...], text: str) -> bool:
    """One of `phrases` stands in `text` (already `plain`)."""
    words, known = text.split(), _by_beginning(phrases)
    return any(
        _matches(pieces, words, at)
        for at, word in enumerate(words)
        for pieces in known.get(word[:2], ())
    )


def begins(phrases: tuple[str, ...], text: str) -> bool:
    """`text` (already `plain`) begins with one of `phrases`."""
    words = text.split()
    return any(_matches(p, words, 0) for p in _by_beginning(phrases).get(text[:2].strip(), ()))


def best_title(text: str) -> Field | Role | None:
    """What a column titled `text` (already `plain`) holds; None when no phrase is in it.

    A number of the line is what is left: «Родитель №1: ДР» is a day.
    """
    fits = _fits(text)
    return max(fits, key=lambda fit: (fit[2] is not Role.ORDINAL, *fit[:2]))[2] if fits else None


def items_in(text: str) -> set[Field]:
    """Every item that a title (already `plain`) speaks of."""
    return {meaning for _, _, meaning in _fits(text) if isinstance(meaning, Field)}


def _fits(text: str) -> list[tuple[int, int, Field | Role]]:
    words = text.split()
    return [
        (len(_pieces(phrase)), len(phrase), meaning)
        for at, word in enumerate(words)
        for phrase, meaning in _title_phrases().get(word[:2], ())
        if _matches(_pieces(phrase), words, at)
    ]
