"""`python -m examples.demo`: exit code 0 when everything came out as it has to, else 1."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
from rich.console import Console

from examples.demo.calls import Refused
from examples.demo.outbox import NothingCame
from examples.demo.show import Unexpected
from examples.demo.stage import ROOT, StageFault
from examples.demo.story import perform, tell_summary
from examples.demo.tell import Teller
from examples.platform_client.opening import BundleRefused
from examples.platform_client.service import ServiceRefused

FOLDER = Path("var") / "demo"
FAULTS = (
    Unexpected,
    StageFault,
    NothingCame,
    Refused,
    ServiceRefused,
    BundleRefused,
    httpx.HTTPError,
)


def main() -> int:
    """Play the story in `var/demo` of the checkout."""
    console = Console(highlight=False)
    try:
        show = perform(ROOT / FOLDER, Teller(console))
    except FAULTS as fault:
        console.print(f"\n[red]Показ остановлен:[/] {str(fault) or type(fault).__name__}")
        console.print(f"Что говорила служба: {FOLDER / 'service.log'}")
        return 1
    tell_summary(show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
