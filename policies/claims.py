"""One contact, one person, across all schools: who holds it when two claim it.

Tokens stand for people and contacts; no value is seen here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from policies.facts import ClaimState, EvidenceLevel


class Strength(StrEnum):
    """How a claim was made: PROVED by a code sent to the contact, STATED by word or paper."""

    PROVED = "proved"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Claim:
    """A contact held or wanted. `holder`: the person's global SNILS token."""

    holder: bytes = field(repr=False)
    strength: Strength


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a new claim makes of the contact.

    `state`: of the new claim, SETTLED or CLASH. `holds`: who holds the contact from now on.
    `is_displaced`: the earlier holder's claim becomes a CLASH.
    """

    state: ClaimState
    holds: Claim
    is_displaced: bool = False


def strength(evidence: EvidenceLevel, *, is_own: bool, code_was_sent_there: bool) -> Strength:
    """PROVED only by a link or code sent to this very contact and used by its owner.

    `is_own`: the signer is the subject. A child's contacts given by a guardian are STATED, and
    so is a contact corrected in the sitting: nothing was sent there yet.
    """
    is_by_code = evidence is EvidenceLevel.LOCAL_PEP and code_was_sent_there
    return Strength.PROVED if is_own and is_by_code else Strength.STATED


def decide(held: Claim | None, new: Claim) -> Settlement:
    """Settle one claim; `held` None: the contact is free.

    Proved beats another person's stated one; else the first holder stays and the family of the
    second is told. The same person may claim in several schools and never grows weaker.
    """
    if held is None:
        return Settlement(ClaimState.SETTLED, new)
    if held.holder == new.holder:
        stays = held if held.strength is Strength.PROVED else new
        return Settlement(ClaimState.SETTLED, stays)
    if new.strength is Strength.PROVED and held.strength is Strength.STATED:
        return Settlement(ClaimState.SETTLED, new, is_displaced=True)
    return Settlement(ClaimState.CLASH, held)
