"""For processes under libfaketime alone: its clock_nanosleep refuses what CPython asks (EINVAL).

Python imports this file at its start, when the folder is on PYTHONPATH.
"""

from __future__ import annotations

import threading
import time


def _sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


time.sleep = _sleep
