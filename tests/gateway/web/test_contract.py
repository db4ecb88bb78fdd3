"""Whatever is sent to an operation, the answer is one that the description promises.

Inputs are made of the description itself: such as it allows, and such as it forbids. Half of the
ids are those of things that exist. Few inputs an operation in the suite; `--inputs 100` for more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from gateway.web.routes import GUARDS
from policies.permissions import ALLOWED, Role
from tests.conftest import Clock
from tests.gateway.web.conftest import INPUTS, Door, Headers
from tests.gateway.web.test_ownership import LAST, Matrix, released
from tests.town import Town


def no_fault_but_a_promised_one(context: CheckContext, answer: Response, case: Case) -> bool | None:
    """5xx only where the description of the operation names it: `/readyz` says 503."""
    if str(answer.status_code) in case.operation.definition.raw["responses"]:
        return None
    return not_a_server_error(context, answer, case)


PROMISES = [
    no_fault_but_a_promised_one,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Sender:
    """Sends what was made up, as somebody who may call the operation."""

    matrix: Matrix
    clock: Clock
    schema: OpenApiSchema
    who: dict[Role, Headers] = field(default_factory=dict)

    def operations(self) -> list[APIOperation]:
        found = [result.ok() for result in self.schema.get_all_operations()]
        return sorted(
            found, key=lambda operation: [n == name_of(operation) for n in reversed(LAST)]
        )

    def inputs(self, operation: APIOperation) -> st.SearchStrategy[Case]:
        """What the description allows and forbids, most of it about own things."""
        ids = {part.name for part in operation.path_parameters} & self.matrix.mine.keys()
        own = {name: str(self.matrix.mine[name]) for name in sorted(ids)}
        made = [operation.as_strategy(mode, path_parameters=own) for mode in MODES]
        if own:
            made.append(operation.as_strategy(GenerationMode.POSITIVE))
        return st.one_of(made)

    def send(self, case: Case) -> None:
        """One call. Whoever's session ended on the way comes again with a new one."""
        self.clock.forward(seconds=1)
        access = GUARDS[name_of(case.operation)]
        role = min(ALLOWED[access.permission]) if access.permission else Role.REGISTRAR
        for is_new in (False, True):
            if access.scheme and (is_new or role not in self.who):
                self.who[role] = self.matrix.door.who(role)
            answer = case.call(headers=dict(self.who[role]) if access.scheme else {})
            if answer.status_code != 401:
                break
        case.validate_response(answer, checks=PROMISES)


def name_of(operation: APIOperation) -> str:
    name: str = operation.definition.raw["operationId"]
    return name


@pytest.fixture
def sender(app: Flask, door: Door, clock: Clock) -> Sender:
    released(door, door.town)
    other = Town(door.wiring, 29)
    released(door, other)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    parts = schema.raw_schema["components"]["schemas"]
    return Sender(Matrix(door, other, parts, {}), clock, schema)


def test_every_operation_keeps_what_the_description_promises(
    sender: Sender, request: pytest.FixtureRequest
):
    times = request.config.getoption("--inputs", INPUTS)
    broken = []
    for operation in sender.operations():
        play = settings(
            max_examples=times,
            derandomize=times == INPUTS,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )(given(case=sender.inputs(operation))(sender.send))
        try:
            play()
        except (FailureGroup, Failure, AssertionError) as failure:
            broken.append(f"{name_of(operation)}: {failure}")
    assert not broken, "\n\n".join(broken)
