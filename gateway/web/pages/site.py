"""A page in one decorator: whom it lets in, what it shows, where a form leads.

The order is that of the API: let in, open the unit, call the view, commit, draw. A form that was
taken leads on (303), so a reload sends nothing twice. What a person can mend (a field, a code) is
shown on the page that asked, with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from gateway.errors import BadInput, GatewayError, RulesBroken
from gateway.web.auth import Access
from gateway.web.context import in_one_unit
from gateway.web.limits import within_limits
from gateway.web.pages.cookies import check_form, enter, leave
from gateway.web.pages.faults import faults_of
from gateway.web.pages.refusals import refuse_page

SITE: dict[str, Access] = {}
"""Endpoint -> whom it lets in; filled as views are registered."""


@dataclass(frozen=True, slots=True)
class Page:
    """A template with its facts. `school` in them: a `School` or None, for header and footer."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class To:
    """Go on to another page. `enters`: (kind, secret) of a session that begins; `leaves`: the kind
    of one that ends; `notice`: a sentence that the next page shows once. `path`: a page of ours
    that takes the place of the endpoint.
    """

    endpoint: str
    parts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    enters: tuple[str, str] | None = field(default=None, repr=False)
    leaves: str | None = None
    notice: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file to keep, made after the commit."""

    encode: Callable[[], Response]


@dataclass(frozen=True, slots=True)
class FormSize:
    """How large a form may be that holds more than a few fields: parts of a multipart body, and
    bytes of its fields without the files. The whole request has its own bound.
    """

    parts: int
    text_bytes: int


Outcome = Page | To | Sheet | GatewayError
View = TypeVar("View", bound=Callable[..., Outcome])
MENDABLE = (BadInput, RulesBroken)


class Pages:
    """The pages of one kind of person."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(name, __name__)
        self.blueprint.register_error_handler(HTTPException, refuse_page)
        self.blueprint.register_error_handler(Exception, refuse_page)

    def on(
        self,
        method: str,
        rule: str,
        access: Access,
        *,
        again: Callable[..., Outcome] | None = None,
        mends: tuple[type[GatewayError], ...] = MENDABLE,
        size: FormSize | None = None,
        most_bytes: int | None = None,
    ) -> Callable[[View], View]:
        """Register a view, called with the path's parts by name. Its name is its endpoint.

        `again`: the view of the page that holds the form; it is shown once more, with status 422,
        when the form is refused by one of `mends`. `size` None: a form of a few fields.
        `most_bytes`: of the form, where it is less than the service takes elsewhere.
        """

        def register(view: View) -> View:
            endpoint = f"{self.blueprint.name}.{view.__name__}"
            perform = within_limits(endpoint, in_one_unit)

            @wraps(view)
            def run(**parts: object) -> Response:
                if size is not None:
                    request.max_form_parts = size.parts
                    request.max_form_memory_size = size.text_bytes
                if most_bytes is not None:
                    request.max_content_length = most_bytes
                if method == "POST":
                    check_form()
                try:
                    return _answer(access.run(lambda: view(**parts), perform))
                except mends as refused:
                    if again is None:
                        raise
                    g.faults = faults_of(refused)
                asked = again
                shows = SITE.get(f"{self.blueprint.name}.{asked.__name__}", access)
                return _answer(shows.run(lambda: asked(**parts)), HTTPStatus.UNPROCESSABLE_ENTITY)

            SITE[endpoint] = access
            self.blueprint.add_url_rule(rule, view.__name__, run, methods=[method])
            return view

        return register


def _answer(outcome: object, status: int = HTTPStatus.OK) -> Response:
    match outcome:
        case Page():
            return Response(render_template(outcome.template, **outcome.facts), status)
        case To():
            return _lead(outcome)
        case Sheet():
            return outcome.encode()
    raise TypeError("a view of a page gives a page, a way on or a file")


def _lead(to: To) -> Response:
    way = redirect(to.path or url_for(to.endpoint, **to.parts), HTTPStatus.SEE_OTHER)
    answer = Response(status=way.status_code, headers={"Location": way.headers["Location"]})
    if to.enters:
        enter(answer, *to.enters)
    if to.leaves:
        leave(answer, to.leaves)
    if to.notice:
        flash(to.notice)
    return answer
