"""The two keys of a client: EC P-256 to sign assertions, RSA to open bundles.

The private set lies in one file of mode 0600; the public set is what the service registers.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import ECKey, KeyParameters, KeySet, RSAKey

RSA_BITS = 3072  # the least that the service accepts
_SIGNS: KeyParameters = {"use": "sig", "alg": "ES256"}
_OPENS: KeyParameters = {"use": "enc", "alg": "RSA-OAEP-256"}


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """`signs`: ES256. `opens`: RSA-OAEP-256. Their `kid` is the RFC 7638 thumbprint."""

    signs: ECKey = field(repr=False)
    opens: RSAKey = field(repr=False)

    def public_jwks(self) -> str:
        """JSON text of the key set (RFC 7517) to give to the service; nothing private in it."""
        return json.dumps(KeySet([self.signs, self.opens]).as_dict(private=False))


def make_keys(path: Path) -> ClientKeys:
    """New keys in a new file. Raises FileExistsError: keys are never overwritten."""
    keys = ClientKeys(
        ECKey.generate_key("P-256", _SIGNS, auto_kid=True),
        RSAKey.generate_key(RSA_BITS, _OPENS, auto_kid=True),
    )
    text = json.dumps(KeySet([keys.signs, keys.opens]).as_dict(private=True))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return keys


def read_keys(path: Path) -> ClientKeys:
    """Keys that `make_keys` left. Raises OSError, ValueError."""
    signs = opens = None
    for entry in json.loads(path.read_text())["keys"]:
        if entry.get("use") == "sig":
            signs = ECKey.import_key(entry)
        elif entry.get("use") == "enc":
            opens = RSAKey.import_key(entry)
    if signs is None or opens is None:
        raise ValueError("a key is missing in the file")
    return ClientKeys(signs, opens)
