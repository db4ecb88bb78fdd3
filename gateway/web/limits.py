"""How often one may call what is dear: a table from operations to limits.

Counted in a short unit before the act, so that an act that fails is counted too. What costs a
guess (passwords, codes, links) is counted where it is compared: `actions/sign_in`, `open_link`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from gateway.errors import TooManyAttempts
from gateway.store.limits import Limit
from gateway.web.auth import Perform
from gateway.web.context import Caller, client_address, current_wiring

TEN_MINUTES = timedelta(minutes=10)


def _worker(caller: Caller) -> str:
    return str(caller.actor.ref)


def _school(caller: Caller) -> str:
    return str(caller.actor.school_id)


def _address(caller: Caller) -> str:
    return client_address()


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit, and whose it is."""

    limit: Limit
    whose: Callable[[Caller], str]


EXPORTS = Rate(Limit("exports.worker", 20, TEN_MINUTES), _worker)
CHECKS = Rate(Limit("checks.worker", 5, TEN_MINUTES), _worker)
# Operations of the API by their name, pages by their endpoint. A worker's own limit is below the
# school's: one who runs wild leaves the colleagues their share.
RATES: Mapping[str, tuple[Rate, ...]] = MappingProxyType(
    {
        "upload_list": (
            Rate(Limit("uploads.worker", 30, TEN_MINUTES), _worker),
            Rate(Limit("uploads.school", 120, TEN_MINUTES), _school),
        ),
        "export_journal": (EXPORTS,),
        "auditor.export": (EXPORTS,),
        "check_journal": (CHECKS,),
        "auditor.check": (CHECKS,),
        "desks.class_forms_pdf": (Rate(Limit("class_forms.worker", 20, TEN_MINUTES), _worker),),
        "desks.pupil_forms": (Rate(Limit("pupil_forms.worker", 60, TEN_MINUTES), _worker),),
        "front.ask_for_link": (Rate(Limit("links.address", 60, TEN_MINUTES), _address),),
        "public.verify": (Rate(Limit("verify.address", 30, TEN_MINUTES), _address),),
    }
)


def within_limits(operation: str, perform: Perform) -> Perform:
    """`perform`, refused by `TooManyAttempts` when the caller did too much of it."""
    rates = RATES.get(operation)
    if rates is None:
        return perform

    def run(caller: Caller, view: Callable[[], object]) -> object:
        with current_wiring().units.open(caller.actor) as unit:
            seconds = 0
            for rate in rates:
                seconds = unit.limits.use(rate.limit, rate.whose(caller), unit.now)
                if seconds:
                    break
        if seconds:
            raise TooManyAttempts(seconds)
        return perform(caller, view)

    return run
