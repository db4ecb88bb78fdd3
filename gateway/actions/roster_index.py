"""Finds a person of a list among those named before, without looking at each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from policies.facts import Field, Items

CONTACTS = (Field.EMAIL, Field.PHONE)
NAMES = (Field.FAMILY_NAME, Field.GIVEN_NAME)
PAPERS = (Field.PATRONYMIC, Field.BIRTH_DATE, Field.SNILS)

P = TypeVar("P")
# Is a pupil, family and given name, an item, its value.
Trait = tuple[bool, str, str, Field, str]


class PeopleIndex(Generic[P]):
    """People by SNILS, and by names together with birth date or a contact.

    Who has a number is found by it: beside names, only people without one are looked through. So
    a thousand namesakes cost no more than a thousand others.
    """

    def __init__(self) -> None:
        self._numbered: dict[str, P] = {}
        self._with: dict[Trait, dict[str, tuple[P, Items]]] = {}
        self._without: dict[Trait, dict[str, tuple[P, Items]]] = {}

    def put(self, key: str, person: P, is_pupil: bool, known: Items) -> None:
        """Add a person, or what has become known of one since."""
        snils = known.values.get(Field.SNILS)
        if snils:
            self._numbered.setdefault(snils, person)
        for trait in _traits(is_pupil, known):
            self._without.get(trait, {}).pop(key, None)
            places = self._with if snils else self._without
            places.setdefault(trait, {})[key] = person, known

    def find(self, is_pupil: bool, told: Items) -> P | None:
        """The same number; else names that agree, and the same birth date or contact."""
        snils = told.values.get(Field.SNILS)
        if snils in self._numbered:
            return self._numbered[snils]
        places = (self._without,) if snils else (self._without, self._with)
        for trait in _traits(is_pupil, told):
            for place in places:
                for person, known in place.get(trait, {}).values():
                    if agree(told, known):
                        return person
        return None


def _traits(is_pupil: bool, items: Items) -> Iterator[Trait]:
    names = [items.values.get(name) for name in NAMES]
    if all(names):
        family, given = (folded(name or "") for name in names)
        for item in (Field.BIRTH_DATE, *CONTACTS):
            if item in items.values:
                yield is_pupil, family, given, item, items.values[item]


def agree(one: Items, other: Items) -> bool:
    """The same family and given name, and no paper of one that contradicts the other's."""
    return all(_same_word(one, other, item) for item in NAMES) and not any(
        _differ(one, other, item) for item in PAPERS
    )


def strangers(one: Items, other: Items) -> bool:
    """Nothing but the number is common: not the names and not the day of birth."""
    return all(_differ(one, other, item) for item in (*NAMES, Field.BIRTH_DATE))


def _same_word(one: Items, other: Items, item: Field) -> bool:
    return item in one.values and item in other.values and not _differ(one, other, item)


def _differ(one: Items, other: Items, item: Field) -> bool:
    words = one.values.get(item), other.values.get(item)
    return all(words) and len({folded(word) for word in words if word}) > 1


def folded(text: str) -> str:
    """For comparison: small letters, «ё» as «е»."""
    return text.casefold().replace("ё", "е")
