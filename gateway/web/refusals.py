"""Turns an exception into an answer of the kind `application/problem+json`."""

from __future__ import annotations

from math import ceil

import structlog
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from gateway.errors import BadInput, RulesBroken, TokenInvalid, TooManyAttempts, UnreadableList
from gateway.logs import where
from gateway.web.context import request_id
from gateway.web.form_codes import sentence
from gateway.web.oauth import ENDPOINT, oauth_refusal
from gateway.web.problems import Problem, problem_of
from policies.findings import Code, Finding, text_of

PROBLEM_TYPE = "application/problem+json"
log = structlog.get_logger("web")

Member = dict[str, object]


def register_refusals(app: Flask) -> None:
    """Answer every exception of `app` by the table."""
    app.register_error_handler(HTTPException, refuse)
    app.register_error_handler(Exception, refuse)


def refuse(error: Exception) -> Response:
    """The answer to an exception; what nobody foresaw is logged by name and place, not by text."""
    problem = problem_of(error)
    g.problem = problem.slug
    status = (error.code or problem.status) if isinstance(error, HTTPException) else problem.status
    if status >= 500:
        note_failure(error, problem)
    told = oauth_refusal(error) if _is_token_request() else None
    body = told.body if told else _body(problem, status, error)
    answer = Response(
        current_app.json.dumps({**body, "request_id": request_id()}),
        status=told.status if told else status,
        mimetype="application/json" if told else PROBLEM_TYPE,
    )
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.seconds)
    for name, value in (*_framework_headers(error), *problem.headers.items()):
        answer.headers[name] = value
    return answer


def note_failure(error: Exception, problem: Problem) -> None:
    """One log line about what nobody foresaw: name and place, not the text."""
    log.error(
        "failed",
        request_id=request_id(),
        problem=problem.slug,
        fault=type(error).__name__,
        where=where(error),
    )


def _body(problem: Problem, status: int, error: Exception) -> Member:
    body: Member = {
        "type": problem.type,
        "title": problem.title,
        "status": status,
        "code": problem.code,
        "detail": problem.detail,
    }
    match error:
        case BadInput():
            body["errors"] = [
                {"pointer": pointer, "code": code, "detail": sentence(code)}
                for pointer, code in sorted(error.fields.items())
            ]
        case UnreadableList():
            body["detail"] = text_of(Code(error.code))
            body["errors"] = [{"code": error.code, "detail": body["detail"]}]
        case RulesBroken():
            body["errors"] = [finding_member(finding) for finding in error.findings]
        case TooManyAttempts():
            body["detail"] = f"Попробуйте снова через {_in_words(error.seconds)}."
        case TokenInvalid():
            body["errors"] = [{"code": error.code}]
    return body


def _in_words(seconds: int) -> str:
    return f"{seconds} с" if seconds < 120 else f"{ceil(seconds / 60)} мин"


def finding_member(finding: Finding) -> Member:
    """A remark of a rule: code, sentence, and whatever it points at."""
    pointed: Member = {
        "about": finding.about,
        "row": finding.row,
        "column": finding.column,
        "field": finding.field,
        "form": finding.form,
        "representative": finding.representative,
        "other_row": finding.other_row,
    }
    return {
        "code": finding.code.value,
        "detail": text_of(finding.code),
        **{name: str(v) if name == "about" else v for name, v in pointed.items() if v is not None},
    }


def _is_token_request() -> bool:
    return request.url_rule is not None and request.url_rule.rule == ENDPOINT


def _framework_headers(error: Exception) -> list[tuple[str, str]]:
    """Allow, Retry-After and the like; the framework's own Content-Type is dropped."""
    if not isinstance(error, HTTPException):
        return []
    return [(n, v) for n, v in error.get_headers() if n.lower() != "content-type"]
