"""One published text: what it is, what it covers and the template that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from policies.facts import Decision, Field, FormKind


class Element(StrEnum):
    """What a document must say. The value is the `data-element` of its section.

    152-FZ art. 9(4) items 1-9; art. 18(2) for the consequences; art. 14, 17, 20, 21 for the rights.
    """

    SUBJECT = "subject"  # 9(4) 1
    REPRESENTATIVE = "representative"  # 9(4) 2
    OPERATOR = "operator"  # 9(4) 3
    PURPOSE = "purpose"  # 9(4) 4
    ITEMS = "items"  # 9(4) 5
    PROCESSOR = "processor"  # 9(4) 6
    RECIPIENT = "recipient"  # 9(1): a consent is substantive, so it says who receives
    ACTIONS = "actions"  # 9(4) 7
    TERM = "term"  # 9(4) 8
    WITHDRAWAL = "withdrawal"  # 9(4) 8
    CONSEQUENCES = "consequences"  # 18(2)
    RIGHTS = "rights"
    SIGNATURE = "signature"  # 9(4) 9


class RecipientRole(StrEnum):
    """What the receiving organisation is under 152-FZ: the text is written for one of the two."""

    OPERATOR = "operator"  # decides itself, art. 3(2)
    PROCESSOR = "processor"  # acts on the school's instruction, art. 6(3)


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """One version of one text; it never changes once published (`texts/pins.toml`).

    `decision`: what a signature under it says: GIVEN, REFUSED or WITHDRAWN.
    `kinds`: the documents it may serve as. A consent serves one, a statement may serve all three.
    `purpose_group`: one word; a document with two is two documents (156-FZ of 24.06.2025).
    `items`: the closed list of data it speaks of, in the order in which the table shows them.
    `elements`: where each element stands: Element -> id of the section.
    `text_digest`: SHA-256, 64 hex digits, over form.toml and ru.html (docs/formats/document.md).
    """

    slug: str
    version: str
    decision: Decision
    kinds: tuple[FormKind, ...]
    title: str
    purpose_group: str
    purposes: tuple[str, ...]
    items: tuple[Field, ...]
    elements: Mapping[Element, str]
    recipient_role: RecipientRole
    text_digest: str
    template: str = field(repr=False)

    @property
    def edition(self) -> str:
        """What a person quotes: «child, редакция 1, 3f9a 01bc»."""
        mark = f"{self.text_digest[:4]} {self.text_digest[4:8]}"
        return f"{self.slug}, редакция {self.version}, {mark}"
