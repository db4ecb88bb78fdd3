"""Both engines as parameters of a fixture that is played once."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet


def on_each_engine(group: str) -> list[ParameterSet]:
    """Keeps the tests of one engine on one worker of a parallel run."""
    return [
        pytest.param(name, marks=[pytest.mark.engine, pytest.mark.xdist_group(f"{group}-{name}")])
        for name in ("sqlite", "postgresql")
    ]
