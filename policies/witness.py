"""An answer that a worker writes down: on paper or by word of mouth, and who stood behind it.

A refusal and a withdrawal are heeded in any form at once; a consent needs a signature and a
document that was looked at (152-FZ art. 9(1), 9(4)).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from policies.facts import Decision, EvidenceLevel
from policies.findings import Code, Finding


class IdentityCheck(StrEnum):
    """How a worker made sure who answers. LATER: not yet, it will be done."""

    DOCUMENT = "document"
    KNOWN = "known"  # the worker knows the person by sight
    CALL_BACK = "call_back"  # called back by the number that the school knew before
    LATER = "later"


class Way(StrEnum):
    """How the answer reached the worker."""

    PAPER = "paper"
    ORAL = "oral"


LEVELS = {Way.PAPER: EvidenceLevel.PAPER_ORIGINAL, Way.ORAL: EvidenceLevel.ORAL}


@dataclass(frozen=True, slots=True)
class Witness:
    """`assisted_by`: who read the document to a signer who cannot read or see, and signed for
    them if need be; empty when nobody had to. It names a person, so it is kept sealed.
    """

    way: Way = Way.PAPER
    identity: IdentityCheck = IdentityCheck.DOCUMENT
    assisted_by: str = field(default="", repr=False)


def witness_findings(decision: Decision, witness: Witness) -> list[Finding]:
    """What stands against writing such an answer down; empty means nothing."""
    if decision is not Decision.GIVEN:
        return []
    found = []
    if witness.way is Way.ORAL:
        found.append(Finding(Code.ORAL_CONSENT))
    if witness.identity is not IdentityCheck.DOCUMENT:
        found.append(Finding(Code.IDENTITY_UNCHECKED))
    return found
