"""A region that does not exist, the same for the same seed: who is in it and what they will say.

SNILS are taken from 900-000-000 up, addresses end in example.org: nobody has them. A person is a
number; everything else follows from it, so that a mother can be named again in another school.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from policies.quiet_hours import goes_at
from policies.snils import check_number

CLASS_SIZE = 25
LETTERS = "АБВГДЕЖЗИК"
GRADES = 11
NUMBERS_A_PUPIL = 4  # the pupil, two representatives, one to spare
MOST_NUMBERS = 10_000_000  # seven digits of a phone behind +7 900


def _words(text: str, between: str | None = None) -> list[str]:
    return text.split(between)


_ROOTS = _words(
    "ёлкин соловьёв журавлёв берёзин кедров лисицын воробьёв щеглов чайкин голубев орлов снегирёв"
    " синицын дроздов грачёв скворцов зябликов лебедев уткин соколов коршунов цаплин стрижов"
)
_BEFORE = _words(
    "бело черно ново старо красно добро мило тихо звонко перво сладко остро твердо сине"
)
FAMILY_NAMES = [
    *map(str.capitalize, _ROOTS),
    *(f"{before}{root}".capitalize() for before in _BEFORE for root in _ROOTS),
]
GIRLS = _words("Ева Анна Мария Софья Полина Дарья Алиса Вера Злата Юлия Ксения Яна Нина Лидия")
BOYS = _words("Егор Иван Артём Фёдор Лев Марк Тимур Глеб Илья Юрий Денис Антон Роман Савва")
FATHERS = _words("Антон Егор Иван Лев Марк Роман Глеб Артём Фёдор Семён")
_REPRESENTATIVE = (
    "Законный представитель {}: ФИО;Кем приходится;Дата рождения представителя;"
    "СНИЛС представителя;Эл. почта представителя;Телефон представителя"
)
HEADER = [
    *_words("Класс;Фамилия;Имя;Отчество;Дата рождения;СНИЛС;Эл. почта;Телефон", ";"),
    *_words(_REPRESENTATIVE.format(1), ";"),
    *_words(_REPRESENTATIVE.format(2), ";"),
]


# Whatever the time is, in one of them it is day; embassies have schools, too.
ZONES = ("Asia/Vladivostok", "Asia/Yekaterinburg", "Europe/Kaliningrad", "America/Lima")
_REHEARSAL_LASTS = timedelta(minutes=90)


def waking_zone(now: datetime) -> str:
    """Where a school must stand for its letters to go out at `now` and for a while after
    (`policies.quiet_hours`): families that do not exist need not sleep.
    """
    return next(
        zone
        for zone in ZONES
        if all(goes_at(at, zone) == at for at in (now, now + _REHEARSAL_LASTS))
    )


# Of every invented school of this process: they have one day in common.
ZONE = waking_zone(datetime.now(UTC))


class Fate(StrEnum):
    """What a family will have said in the end."""

    AGREES = "agrees"
    REFUSES = "refuses"
    DISPUTES = "disputes"  # one representative agrees, the other does not
    CHANGES_MIND = "changes_mind"  # withdraws after the release, before the platform's pull
    WITHDRAWS_LATE = "withdraws_late"  # after the pull


# Of a thousand families; the rest agree.
SHARES = {
    Fate.REFUSES: 30,
    Fate.DISPUTES: 10,
    Fate.CHANGES_MIND: 2,
    Fate.WITHDRAWS_LATE: 4,
}
TWINS, NAMESAKES, SHARED_MOTHERS, FATHERS_NAMED = 0.02, 0.02, 0.02, 0.65


@dataclass(frozen=True, slots=True)
class Invented:
    """One person."""

    number: int
    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    patronymic: str = field(repr=False)
    born: date = field(repr=False)

    @property
    def snils(self) -> str:
        head = f"{900_000_000 + self.number:09d}"
        return head + check_number(head)

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    @property
    def phone(self) -> str:
        return f"+7900{self.number:07d}"

    @property
    def cells(self) -> list[str]:
        """Birth date, SNILS, e-mail, phone, as a list has them."""
        return [f"{self.born:%d.%m.%Y}", self.snils, self.email, self.phone]


@dataclass(frozen=True, slots=True)
class InventedPupil:
    """A line of the class list, and what becomes of it."""

    child: Invented
    class_name: str
    guardians: tuple[Invented, ...]
    fate: Fate

    @property
    def line(self) -> list[str]:
        """Cells under `HEADER`; as many as there are representatives for."""
        child = self.child
        cells = [self.class_name, child.family_name, child.given_name, child.patronymic]
        cells += child.cells
        for one, relation in zip(self.guardians, ("мать", "отец"), strict=False):
            cells += [f"{one.family_name} {one.given_name} {one.patronymic}", relation, *one.cells]
        return cells


@dataclass(frozen=True)
class InventedSchool:
    """School `number` (from 1) of the region of that seed. `today`: ages are counted on it."""

    number: int
    size: int
    seed: int
    today: date

    @cached_property
    def pupils(self) -> list[InventedPupil]:
        """Class by class; they live as long as this object."""
        dice = random.Random(f"{self.seed}/{self.number}")
        found: list[InventedPupil] = []
        for place in range(self.size):
            pupil = self._family(dice, place)
            before = found[-1] if found else None
            luck = dice.random()
            if before is not None and before.class_name == pupil.class_name and luck < TWINS:
                pupil = _twin(pupil, before)
            elif before is not None and luck < TWINS + NAMESAKES:
                pupil = _namesake(pupil, before)
            elif self.number > 1 and luck > 1 - SHARED_MOTHERS:
                pupil = replace(pupil, guardians=(_mother(pupil.guardians[0].number - self._span),))
            found.append(_within_reason(pupil))
        return found

    @property
    def headcounts(self) -> Counter[str]:
        """Pupils of every class."""
        return Counter(pupil.class_name for pupil in self.pupils)

    @property
    def persons(self) -> set[int]:
        """Numbers of all pupils and representatives."""
        return {each.number for p in self.pupils for each in (p.child, *p.guardians)}

    def rows(self) -> list[list[str]]:
        """The class list under its titles."""
        return [HEADER, *(pupil.line for pupil in self.pupils)]

    def csv(self) -> bytes:
        """The class list as a school saves it from Excel."""
        return "\n".join(";".join(row) for row in self.rows()).encode("cp1251")

    @property
    def _span(self) -> int:
        """Numbers that a school uses up."""
        return self.size * NUMBERS_A_PUPIL

    def _family(self, dice: random.Random, place: int) -> InventedPupil:
        number = self.number * self._span + place * NUMBERS_A_PUPIL
        grade = place // CLASS_SIZE % GRADES + 1
        letter = LETTERS[place // CLASS_SIZE // GRADES % len(LETTERS)]
        born = date(self.today.year - 6 - grade, 1, 1) + timedelta(days=dice.randrange(240))
        root, father, girl = dice.choice(FAMILY_NAMES), dice.choice(FATHERS), dice.random() < 0.5
        child = Invented(
            number,
            root + "а" * girl,
            dice.choice(GIRLS if girl else BOYS),
            f"{father}овна" if girl else f"{father}ович",
            born,
        )
        guardians = [_mother(number + 1)]
        if dice.random() < FATHERS_NAMED:
            old = timedelta(days=11_000 + dice.randrange(2_000))
            guardians.append(Invented(number + 2, root, father, "Антонович", born - old))
        return InventedPupil(child, f"{grade}{letter}", tuple(guardians), _fate(dice))


def most_schools(size: int) -> int:
    """How many schools of that size a region may have before telephones run out."""
    return MOST_NUMBERS // (size * NUMBERS_A_PUPIL) - 1


def _mother(number: int) -> Invented:
    """A woman who follows from her number alone, for two schools may name her."""
    born = date(1976, 1, 1) + timedelta(days=number * 7919 % 2_500)
    root, name = FAMILY_NAMES[number % len(FAMILY_NAMES)], GIRLS[number // 4 % len(GIRLS)]
    return Invented(number, root + "а", name, "Антоновна", born)


def _fate(dice: random.Random) -> Fate:
    luck = dice.randrange(1000)
    for fate, share in SHARES.items():
        if luck < share:
            return fate
        luck -= share
    return Fate.AGREES


def _twin(pupil: InventedPupil, before: InventedPupil) -> InventedPupil:
    """Born on the same day to the same people under another name."""
    other = before.child
    girl = other.family_name.endswith("а")
    name = next(n for n in (GIRLS if girl else BOYS) if n != other.given_name)
    child = replace(other, number=pupil.child.number, given_name=name)
    return replace(pupil, child=child, guardians=before.guardians)


def _namesake(pupil: InventedPupil, before: InventedPupil) -> InventedPupil:
    """The same three names, born on another day to other people."""
    born = pupil.child.born + timedelta(days=pupil.child.born == before.child.born)
    child = replace(before.child, number=pupil.child.number, born=born)
    return replace(pupil, child=child)


def _within_reason(pupil: InventedPupil) -> InventedPupil:
    """Nobody disputes alone."""
    if pupil.fate is Fate.DISPUTES and len(pupil.guardians) == 1:
        return replace(pupil, fate=Fate.REFUSES)
    return pupil
