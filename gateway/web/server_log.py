"""What gunicorn itself has to say, as our logs say it: `--logger-class` names this class.

Its own lines quote whatever a caller sent that was no request, a link's secret among it.
"""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger

from gateway.logs import LibraryLines, set_up_logs


class ServerLog(Logger):  # type: ignore[misc]
    """Starts, stops and faults of the server. There is no access log: the application has one."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn before anything is logged, and again when it reloads."""
        super().setup(cfg)
        set_up_logs()
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
        self.error_log.addHandler(LibraryLines(logging.INFO))
