"""Prints the pins of texts and programmes that have none: `python -m consent_forms.pinning`.

It never writes and never prints a new pin for what was published: that gets a new version.
"""

from __future__ import annotations

import hashlib
import sys

from consent_forms.catalogue import TEXTS, published, read_pins, text_digest
from policies import programme


def unpinned() -> list[str]:
    """One line per text and programme without a pin, for the pins.toml beside it."""
    pins = read_pins()
    texts = {name: text_digest(TEXTS / name[0] / name[1]) for name in published()}
    lines = [_line(*name, digest) for name, digest in texts.items() if name not in pins]
    rules = programme.read_pins()
    return lines + [
        _line(*name, hashlib.sha256(path.read_bytes()).hexdigest())
        for name, path in programme.programme_files().items()
        if name not in rules
    ]


def _line(slug: str, version: str, digest: str) -> str:
    return f'{slug}."{version}" = "{digest}"'


if __name__ == "__main__":
    sys.stdout.writelines(f"{pin}\n" for pin in unpinned())
