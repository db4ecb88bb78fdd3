"""What the address of the events page asks for, and addresses that ask for a little else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from marshmallow import ValidationError

from gateway.errors import BadInput
from gateway.web.parsing import pointers
from gateway.web.schemas.journal import Filters

NAMES = ("since", "until", "kind", "outcome", "actor", "school_id", "person_id", "object_id")
OUTCOMES: Mapping[str, str] = MappingProxyType({"done": "сделано", "refused": "отказано"})


@dataclass(frozen=True, slots=True)
class Asked:
    """`said`: the filters of the address as text; `told`: the same, decoded."""

    said: Mapping[str, str]
    told: Mapping[str, Any]

    def address(self, name: str = "", value: str | None = None) -> str:
        """The same list, one filter of it set to `value`; None takes it away."""
        said = {**self.said, name: value}
        query = urlencode({k: v for k, v in said.items() if v})
        return f"{url_for('auditor.events')}?{query}" if query else url_for("auditor.events")


def asked() -> Asked:
    """Filters of the address or the form; empty ones are not there. Raises `BadInput`."""
    said = {name: request.values[name] for name in NAMES if request.values.get(name)}
    try:
        told: dict[str, Any] = Filters().load(said)
    except ValidationError as refused:
        raise BadInput(pointers({"query": refused.messages})) from None
    return Asked(said, told)
