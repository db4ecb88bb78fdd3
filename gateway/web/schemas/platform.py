"""What a platform sends and sees."""

from __future__ import annotations

from marshmallow import fields, validate

from gateway.web.oauth import CLIENT_CREDENTIALS, JWT_BEARER
from gateway.web.schemas.fields import (
    MESSAGES,
    Wire,
    a_day,
    a_digest,
    a_moment,
    a_number,
    a_text,
    an_id,
    parts_of,
)
from gateway.web.schemas.school import BundleOut

MOST_ASSERTION_SIGNS = 8192


class TokenWanted(Wire):
    """RFC 6749, section 4.4.2 with RFC 7523, section 2.2."""

    grant_type = fields.String(
        required=True,
        error_messages=MESSAGES,
        validate=validate.Equal(CLIENT_CREDENTIALS, error="grant_unsupported"),
    )
    client_assertion_type = fields.String(
        required=True,
        error_messages=MESSAGES,
        validate=validate.Equal(JWT_BEARER, error="choice_unknown"),
    )
    client_assertion = a_text(MOST_ASSERTION_SIGNS)


class TokenOut(Wire):
    access_token = a_text(MOST_ASSERTION_SIGNS)
    token_type = a_text()
    expires_in = a_number(1, 3600)
    scope = a_text()


class OauthRefused(Wire):
    """RFC 6749, section 5.2; `code` is the gate's own word for what was wrong."""

    error = a_text()
    code = a_text()
    request_id = a_text()


class BundlesPage(Wire):
    """`next`: where to go on, null after the last."""

    bundles = parts_of(BundleOut)
    next = a_text(allow_none=True)


class NewAcknowledgement(Wire):
    digest = a_digest()
    received_at = a_moment()


class RecallOut(Wire):
    """One person to be destroyed. `due_on`: last day for it (152-FZ art. 21(5))."""

    id = an_id()
    bundle_id = an_id()
    person_id = an_id()
    reason = a_text()
    opened_at = a_moment()
    due_on = a_day()
    received_at = a_moment(allow_none=True)
    destroyed_at = a_moment(allow_none=True)


class RecallsPage(Wire):
    recalls = parts_of(RecallOut)
    next = a_text(allow_none=True)


class NewDestruction(Wire):
    received_at = a_moment()
    destroyed_at = a_moment()
