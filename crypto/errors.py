"""Refusals of the cryptographic ground.

No text here ever holds a key, a plaintext, a token or a personal value: a code, at most a file
name or a key id. Raisers drop the exception they translate, for it may hold what was read.
"""

from __future__ import annotations


class CryptoError(Exception):
    """Root of every refusal in this package."""


class OpenError(CryptoError):
    """A sealed record or wrapped key does not open where it was found.

    One text for every reason (wrong place, wrong key, flipped bit, bad padding): a caller who
    could tell them apart would be an oracle.
    """

    def __init__(self) -> None:
        super().__init__("the sealed value does not open here")


class RingError(CryptoError):
    """A key ring is missing, odd, or has no key that may do what is asked.

    `code` is stable ("ring.mode", "ring.kcv" ...); `detail` names a file or a key id.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class SignatureError(CryptoError):
    """A signature does not hold, or a verifier key is malformed."""


class JoseError(CryptoError):
    """A token, receipt or bundle was refused at the gate. `code` is stable ("jose.crit" ...)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
