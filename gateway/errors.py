"""What can be refused, as a tree. No HTTP here: `web/problems.py` holds the one table.

    GatewayError
      NotAuthenticated  TokenInvalid
      NotAllowed        SecondPersonNeeded
      SecondFactorNeeded  SecondFactorStale  FactorWrong
      NotFound          LinkUnknown
      BadInput          UnreadableList
      FormStale
      RulesBroken(findings)
      KeyReused
      Conflict          ReviewStale ImportClosed DigestMismatch AlreadyApproved SetGrown
                        NothingToWithdraw BundleSuperseded BundleNotPulled AlreadyExists
                        RepeatInProgress
      StaleWrite
      Gone              LinkSpent LinkExpired LinkReplaced BundleWithdrawn
      CodeWrong CodeExpired CodeSpent CodeNotSent
      TooManyAttempts
      TooLate
      NotReady          JournalBehind PassportMissing PlatformMissing

An error carries ids and codes, never a personal value. An action that has to keep what it
counted (a wrong code) returns the error instead of raising it; then the unit commits first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.findings import Finding


class GatewayError(Exception):
    """Root of everything that the service refuses on purpose."""


class NotAuthenticated(GatewayError):
    """Nobody is known behind the request."""


class TokenInvalid(NotAuthenticated):
    """A platform token or client assertion was refused; `code` is the gate's stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAllowed(GatewayError):
    """The role may not do this. `permission` is what was missing."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class SecondPersonNeeded(NotAllowed):
    """The same person cannot be both of the two that an act needs."""


class OwnFamily(NotAllowed):
    """A worker who is a parent acts for no family of theirs."""


class SecondFactorNeeded(GatewayError):
    """The password was right, and the second factor was not shown or is not set up yet."""


class SecondFactorStale(GatewayError):
    """The second factor was shown more than five minutes ago, which is not enough here."""


class FactorWrong(GatewayError):
    """No such code, one that was used, or a passkey that does not fit."""


class NotFound(GatewayError):
    """No such thing in this school. A foreign school's object looks the same."""


class LinkUnknown(NotFound):
    """No link has this secret: mistyped, cut off by a mail program, or never sent."""


class BadInput(GatewayError):
    """The request cannot be read. `fields`: pointer -> stable code."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(fields.values())))
        self.fields = fields


class UnreadableList(GatewayError):
    """A class list that is no table; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class FormStale(GatewayError):
    """A form that was not opened in this browser, or before its owner signed in."""


class RulesBroken(GatewayError):
    """A rule had something to say; all of it is in `findings`."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(sorted({f.code for f in findings})))
        self.findings = tuple(findings)


class Conflict(GatewayError):
    """The state of things does not allow it now."""


class ReviewStale(Conflict):
    """The list or the school has changed since the review that is being committed."""


class ImportClosed(Conflict):
    """The import was committed or cancelled before."""


class DigestMismatch(Conflict):
    """What was shown is not what would be signed now: read the document again."""


class AlreadyApproved(Conflict):
    """The collection has its release."""


class SetGrown(Conflict):
    """Since the release was prepared something other than removals happened."""


class NothingToWithdraw(Conflict):
    """There is no standing consent to take back."""


class AlreadyExists(Conflict):
    """A thing of this name or number is there already."""


class BundleSuperseded(Conflict):
    """A family withdrew before the pull; a narrower revision is being made."""


class BundleNotPulled(Conflict):
    """An acknowledgement without a pull, or with another digest."""


class RepeatInProgress(Conflict):
    """The first request under this key is still being carried out."""


class KeyReused(GatewayError):
    """The key of a repeated request belongs to another request."""


class StaleWrite(GatewayError):
    """The thing was changed since the caller read it (If-Match)."""


class Gone(GatewayError):
    """It was there and will not come back."""


class LinkSpent(Gone):
    """The link has opened its session; a new one can be sent."""


class LinkExpired(Gone):
    """The link is older than its life."""


class LinkReplaced(Gone):
    """A newer link was sent, or the receiver said that the link is not theirs."""


class BundleWithdrawn(Gone):
    """Acknowledged or recalled: the content is destroyed, the digest stays."""


class CodeWrong(GatewayError):
    """The code is not the one that was sent."""


class CodeExpired(GatewayError):
    """The code is older than ten minutes."""


class CodeSpent(GatewayError):
    """Five guesses were made; a new code has to be sent."""


class CodeNotSent(GatewayError):
    """No code was sent for this link yet."""


class TooManyAttempts(GatewayError):
    """A limit was reached. `seconds`: after so many it is open again, if nobody uses it up."""

    def __init__(self, seconds: int) -> None:
        super().__init__(str(seconds))
        self.seconds = seconds


class TooLate(GatewayError):
    """The deadline of the collection has passed."""


class NotReady(GatewayError):
    """Something of ours has to happen first."""


class JournalBehind(NotReady):
    """No signed checkpoint covers the act yet; it takes a second."""


class PassportMissing(NotReady):
    """The school's passport is not filled in, and documents name it."""


class PlatformMissing(NotReady):
    """No platform of the programme is registered: nobody could open the bundle."""
