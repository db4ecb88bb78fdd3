"""What can go wrong in the journal. No text here ever holds a value of an event."""

from __future__ import annotations


class AuditError(Exception):
    """Root of everything this package raises on purpose."""


class UnknownKind(AuditError):
    """An event names a kind that the closed table does not have."""


class BadField(AuditError):
    """A field is missing, unknown or not of its type. Names the kind and the field, no value."""


class OutsideTransaction(AuditError):
    """An event was about to be written where no transaction of the caller is open."""


class JournalDamaged(AuditError):
    """Stored rows contradict each other; nothing was written or signed."""


class ForkRefused(AuditError):
    """The head contradicts what this signer has signed before; nothing was signed."""


class ProofError(AuditError):
    """A Merkle proof does not lead to the root it was checked against."""


class CodedError(AuditError):
    """A refusal with a stable `code` such as `note.base64`; the code is the whole text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoteError(CodedError):
    """A signed note or checkpoint is malformed, or not signed by the expected key."""


class LeafError(CodedError):
    """An envelope is not in its one canonical form."""


class PackError(CodedError):
    """A `.auditpack` is not in its one canonical form, or cannot be made."""


class NothingToPack(PackError):
    """No checkpoint yet, or no event of that school stands below the newest one."""
