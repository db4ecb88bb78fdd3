"""A refusal as a page: the same table of problems as the API, with a person to call.

Every dead end says what happened, what to do now, the school's phone where the school is known,
and the code by which the administrator finds the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

from flask import Response, current_app, g, render_template, request, url_for
from werkzeug import exceptions as http
from werkzeug.exceptions import HTTPException

from crypto.secrets_text import hash_secret
from gateway.errors import RulesBroken, SecondFactorNeeded, SecondFactorStale, TooManyAttempts
from gateway.store.schools import School
from gateway.web.context import current_wiring
from gateway.web.pages.cookies import FAMILY, secret_of
from gateway.web.pages.sentences import told
from gateway.web.problems import Problem, problem_of
from gateway.web.refusals import note_failure, refuse

PROGRAMS = ("/v1/", "/oauth/", "/.well-known/", "/problems/", "/openapi.json")
WORKPLACES = ("/school", "/security", "/login", "/audit", "/admin")
KEPT_HEADERS = ("Retry-After", "Allow")
# Sentences of the table that speak to programs, as people need them.
FOR_PEOPLE = {
    "no-such-address": "Проверьте адрес: возможно, ссылка скопирована не целиком.",
    "not-found": "Проверьте адрес: возможно, ссылка скопирована не целиком.",
    "rules-broken": "Причины:",
    "not-authenticated": "Вы долго не открывали страницу, или ссылку открыли в другом браузере.",
    "malformed-request": "Вернитесь на предыдущую страницу и отправьте её ещё раз.",
    "request-refused": "Вернитесь на предыдущую страницу и отправьте её ещё раз.",
    "method-not-allowed": "Вернитесь на предыдущую страницу и нажмите кнопку ещё раз.",
    "unsupported-media-type": "Вернитесь на предыдущую страницу и отправьте её ещё раз.",
    "internal-error": "Мы её записали. Попробуйте ещё раз через несколько минут.",
    "database-down": "Ничего не потеряно. Попробуйте ещё раз через несколько минут.",
    "database-busy": "Ничего не потеряно. Попробуйте ещё раз через минуту.",
}
TITLES = {
    "not-authenticated": "Сеанс закончился",
    "no-such-address": "Такой страницы нет",
    "method-not-allowed": "Эта страница открывается кнопкой",
}
# Of pages that are not of staff.
FAMILY_TITLES = {
    "rules-broken": "Подписать здесь не получится",
    "too-large": "Слишком много сразу",
    "not-found": "Такой страницы нет",
}
FOR_FAMILIES = {
    "too-large": "Вернитесь, впишите короче или выберите файл поменьше и отправьте ещё раз.",
}


def refuse_page(error: Exception) -> Response:
    """The page of an exception."""
    problem, caller = problem_of(error), g.get("caller")
    g.problem = problem.slug
    if isinstance(error, SecondFactorNeeded | SecondFactorStale):
        back = request.path if request.method == "GET" else request.form.get("back")
        way = url_for("door.second_form", back=back)
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": way})
    status = (error.code or problem.status) if isinstance(error, HTTPException) else problem.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        note_failure(error, problem)
    answer = Response(
        render_template(
            "refusal.html",
            school=None if status >= HTTPStatus.INTERNAL_SERVER_ERROR else school_in_question(),
            slug=problem.slug,
            title=_title(problem),
            detail=_detail(error, problem),
            reasons=reasons_of(error),
            ask_id=_parts().get("ask_id"),
            link_token=_parts().get("token"),
            can_renew=bool(secret_of(FAMILY)),
            is_workplace=is_workplace(),
            has_own_page=caller is not None and caller.session is not None,
        ),
        status,
    )
    _keep_headers(answer, error, problem)
    return answer


def _title(problem: Problem) -> str:
    titles = TITLES if is_workplace() else TITLES | FAMILY_TITLES
    return titles.get(problem.slug, problem.title)


def _detail(error: Exception, problem: Problem) -> str:
    if isinstance(error, TooManyAttempts):
        return f"Попробуйте снова через {ceil(error.seconds / 60)} мин."
    words = FOR_PEOPLE if is_workplace() else FOR_PEOPLE | FOR_FAMILIES
    return words.get(problem.slug, problem.detail)


def reasons_of(error: Exception) -> list[str]:
    """What rules had to say, each sentence once."""
    found = error.findings if isinstance(error, RulesBroken) else ()
    return list(dict.fromkeys(told(finding.code) for finding in found))


def refuse_unknown(error: Exception) -> Response:
    """An address that no route has: a page for browsers, a problem for programs."""
    if request.path.startswith(PROGRAMS) or not request.accept_mimetypes.accept_html:
        return refuse(error)
    return refuse_page(error)


UNKNOWN = (http.NotFound, http.MethodNotAllowed)


def school_in_question() -> School | None:
    """The school of the link, of the session, be it over, or of the poster's code in this request;
    None for none of them.
    """
    parts = _parts()
    token, code = parts.get("token"), parts.get("code")
    caller = g.get("caller")
    school_id = caller.actor.school_id if caller else None
    session = "" if is_workplace() else secret_of(FAMILY)
    if not (isinstance(token, str) or isinstance(code, str) or school_id or session):
        return None
    with current_wiring().looking() as look:
        if isinstance(code, str):
            return look.schools.of_code(code)
        if isinstance(token, str):
            link = look.links.find(hash_secret(token))
            school_id = link.school_id if link else None
        elif school_id is None:
            link = look.links.of_session(hash_secret(session))
            school_id = link.school_id if link else None
        return look.schools.find(school_id) if school_id else None


def _parts() -> Mapping[str, object]:
    """Parts of the address by name, also of one that is not called in this way (405)."""
    refused = request.routing_exception
    if isinstance(refused, http.MethodNotAllowed) and refused.valid_methods:
        adapter = current_app.create_url_adapter(request)
        if adapter is not None:
            return adapter.match(method=next(iter(refused.valid_methods)))[1]
    return request.view_args or {}


def is_workplace() -> bool:
    """The page is one of staff: nobody there has to call the school."""
    return request.path.startswith(WORKPLACES)


def _keep_headers(answer: Response, error: Exception, problem: Problem) -> None:
    told = dict(error.get_headers()) if isinstance(error, HTTPException) else {}
    if isinstance(error, TooManyAttempts):
        told["Retry-After"] = str(error.seconds)
    for name, value in {**told, **problem.headers}.items():
        if name in KEPT_HEADERS:
            answer.headers[name] = value
