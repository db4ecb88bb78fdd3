"""Open the service of these settings for a command, or say in a line why that cannot be."""

from __future__ import annotations

import click

from crypto.errors import CryptoError
from gateway.errors import GatewayError
from gateway.settings import Settings
from gateway.store import schema
from gateway.wiring import Wiring


def checked(settings: Settings) -> Wiring:
    """Raises `ClickException` on anything odd: keys, schema, a home that was not prepared."""
    wiring = Wiring(settings)
    try:
        wiring.check()
    except (CryptoError, schema.SchemaFault) as fault:
        raise click.ClickException(str(fault)) from None
    except GatewayError:
        raise click.ClickException("дом не подготовлен: выполните soglasie init") from None
    return wiring
