"""The WSGI application `app`, built from the environment: `gunicorn wsgi:app`.

A process that cannot work does not start: one line on standard error says what is missing.
"""

from __future__ import annotations

import os
import sys

from flask import Flask

from crypto.errors import CryptoError
from gateway.app import create_app
from gateway.errors import NotReady
from gateway.logs import set_up_logs
from gateway.settings import SettingsFault, read_settings
from gateway.store.schema import SchemaFault
from gateway.store.session import DatabaseDown
from gateway.wiring import Wiring


def build() -> Flask:
    """The application of this environment. Exits with 1 and a line that names what is missing."""
    set_up_logs()
    try:
        wiring = Wiring(read_settings(os.environ))
        wiring.check()
    except (SettingsFault, SchemaFault, CryptoError) as fault:
        # These texts are ours: they name variables, versions and files, never values.
        sys.exit(f"soglasie: {fault}")
    except NotReady:
        sys.exit("soglasie: the home is not prepared: run `soglasie init`")
    except DatabaseDown:
        sys.exit("soglasie: the database does not answer (SOGLASIE_DATABASE_URL, SOGLASIE_HOME)")
    return create_app(wiring)


app = build()
