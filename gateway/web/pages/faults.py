"""What a person has to mend on a form: the field's name -> the sentence beside it."""

from __future__ import annotations

from flask import g, request

from gateway.errors import (
    AlreadyExists,
    BadInput,
    FactorWrong,
    NotAuthenticated,
    RulesBroken,
    UnreadableList,
)
from gateway.web.pages.sentences import told
from gateway.web.problems import problem_of

WHOLE = "form"
"""Name of a fault that belongs to no field."""
NOT_LET_IN = "Имя или пароль не подошли. Проверьте язык клавиатуры и Caps Lock."
KEY_REFUSED = "Ключ не подошёл. Попробуйте ещё раз."
# Sentences of the schemas that speak to programs, as people need them.
FOR_PEOPLE = {
    "empty": "Заполните это поле.",
    "required": "Заполните это поле.",
    "date_form": "Впишите день, месяц и год цифрами, например 4 5 2012.",
    "choice_unknown": "Выберите один из вариантов.",
}


def faults_of(refused: Exception) -> dict[str, str]:
    """By the name of the field: `/details/child/address` is the field `child-address`.

    A refused code belongs to the field `code`; what belongs to no field, to `form`.
    """
    if isinstance(refused, BadInput):
        return {
            _name(pointer): FOR_PEOPLE.get(code) or told(code)
            for pointer, code in refused.fields.items()
        }
    if isinstance(refused, RulesBroken):
        found: dict[str, str] = {}
        for finding in refused.findings:
            found.setdefault(finding.field or WHOLE, told(finding.code))
        return found
    if isinstance(refused, UnreadableList):
        return {WHOLE: told(refused.code)}
    if isinstance(refused, NotAuthenticated):
        return {WHOLE: NOT_LET_IN}
    if isinstance(refused, FactorWrong) and "credential" in request.form:
        return {WHOLE: KEY_REFUSED}
    if isinstance(refused, AlreadyExists):
        return {WHOLE: problem_of(refused).detail}
    return {"code": problem_of(refused).detail}


def _name(pointer: str) -> str:
    parts = [part for part in pointer.split("/") if part and part != "details"]
    return "-".join(parts) or WHOLE


def current_faults() -> dict[str, str]:
    """Faults of the form that was just refused; empty on a page that was opened."""
    found: dict[str, str] = g.get("faults", {})
    return found


def typed(name: str, known: str = "") -> str:
    """What stands in a field: what was typed when the form was refused, else what is known."""
    return request.form.get(name, known) if current_faults() else known
