"""Prints the pins of texts that have none: `python -m consent_forms.pinning`.

It never writes and never prints a new pin for a published text: such a text gets a new version.
"""

from __future__ import annotations

import sys

from consent_forms.catalogue import TEXTS, published, read_pins, text_digest


def unpinned() -> list[str]:
    """One line per text without a pin, for its table in texts/pins.toml."""
    pins = read_pins()
    return [
        f'{slug}."{version}" = "{text_digest(TEXTS / slug / version)}"'
        for slug, version in published()
        if (slug, version) not in pins
    ]


if __name__ == "__main__":
    sys.stdout.writelines(f"{pin}\n" for pin in unpinned())
