"""Sessions of staff, and what an administrator founds."""

from __future__ import annotations

from marshmallow import fields

from gateway.web.schemas.fields import (
    MESSAGES,
    Personal,
    Wire,
    a_choice,
    a_class_name,
    a_day,
    a_match,
    a_moment,
    a_secret,
    a_text,
    an_id,
    parts_of,
    some,
)
from gateway.web.schemas.pages import ListPage
from policies.facts import Field
from policies.logins import MOST_SIGNS
from policies.passwords import LEAST_SIGNS as LEAST_PASSWORD_SIGNS
from policies.permissions import Role
from policies.second_factor import Stage


class SignIn(Wire):
    login = a_text(MOST_SIGNS)
    password = a_secret(1)


class Session(Wire):
    """`token` is a bearer token; it is shown here once.

    `second_factor`: `needed` and `to_set_up` open nothing else before it was shown or set up.
    """

    token = a_text()
    second_factor = a_choice(Stage)
    role = a_choice(Role)
    school_id = an_id(allow_none=True)
    expires_at = a_moment()


class FactorCode(Wire):
    """Six digits of the application, or a recovery code."""

    code = a_secret(6)


class AppSecret(Wire):
    """Base 32 for the application; `uri` is the same as applications scan it."""

    secret = a_text()
    uri = a_text()


class RecoveryCodes(Wire):
    """Each is good once; they are shown here once."""

    recovery_codes = some(a_text(), 10)


class NewSchool(Wire):
    """`zone`: an IANA name, for a deadline ends with the day of the school."""

    short_name = a_text(120)
    zone = a_text(60)


class SchoolMade(Wire):
    school_id = an_id()


class Passport(Wire):
    """What documents name (152-FZ art. 9(4) 3, 6)."""

    legal_name = a_text(300)
    address = a_text(300)
    inn = a_match("[0-9]{10}", "inn_form")
    ogrn = a_match("[0-9]{13}", "ogrn_form", required=False)
    phone = a_text(40)
    instruction_no = a_text(40)
    instruction_on = a_day()
    act_no = a_text(40)
    act_on = a_day()


class PassportOut(Wire):
    """The same as it stands now; null until it is stated."""

    legal_name = a_text(allow_none=True)
    address = a_text(allow_none=True)
    inn = a_text(allow_none=True)
    ogrn = a_text(allow_none=True)
    phone = a_text(allow_none=True)
    instruction_no = a_text(allow_none=True)
    instruction_on = a_day(allow_none=True)
    act_no = a_text(allow_none=True)
    act_on = a_day(allow_none=True)


class SchoolEntry(Wire):
    """`is_complete`: the passport names everything that documents need."""

    id = an_id()
    short_name = a_text()
    zone = a_text()
    is_complete = fields.Boolean(required=True)


class SchoolsPage(Wire):
    schools = parts_of(SchoolEntry)
    next = a_text(allow_none=True)


class StaffWanted(ListPage):
    """Without `school_id`: of every school and above them."""

    school_id = an_id(required=False)


class StaffEntry(Wire):
    id = an_id()
    school_id = an_id(allow_none=True)
    login = a_text()
    role = a_choice(Role)
    disabled_at = a_moment(allow_none=True)


class RoleChange(Wire):
    role = a_choice(Role)


class NewPassword(Wire):
    password = a_secret(LEAST_PASSWORD_SIGNS)


class StaffPage(Wire):
    staff = parts_of(StaffEntry)
    next = a_text(allow_none=True)


class NewStaff(Wire):
    """`classes`: of a tutor. `email`, `phone` tell a worker's contact from a family's; `snils`
    tells that a worker is a parent, who signs as one and acts for no family of theirs.
    """

    login = a_text(MOST_SIGNS)
    password = a_secret(LEAST_PASSWORD_SIGNS)
    role = a_choice(Role)
    school_id = an_id(required=False, allow_none=True)
    classes = some(a_class_name(), 60, required=False)
    email = Personal(Field.EMAIL, required=False)
    phone = Personal(Field.PHONE, required=False)
    snils = Personal(Field.SNILS, required=False)


class StaffMade(Wire):
    staff_id = an_id()


class NewClient(Wire):
    """`jwks`: RFC 7517, one EC key to sign assertions, one RSA key to encrypt bundles to."""

    name = a_match("[A-Za-z0-9][A-Za-z0-9._-]{2,63}", "client_form")
    programme = a_text(64)
    jwks = fields.Dict(required=True, error_messages=MESSAGES)


class ClientEntry(Wire):
    id = an_id()
    name = a_text()
    programme = a_text()
    disabled_at = a_moment(allow_none=True)


class NewKeys(Wire):
    """`jwks`: RFC 7517, as when the client was registered."""

    jwks = fields.Dict(required=True, error_messages=MESSAGES)


class WaitingMessage(Wire):
    """`to`: masked. `channel`: mail or sms."""

    id = an_id()
    school_id = an_id()
    channel = a_text()
    to = fields.String(required=True)
    attempts = fields.Integer(required=True)
    queued_at = a_moment()
    due_at = a_moment()


class FailedMessage(Wire):
    id = an_id()
    school_id = an_id(allow_none=True)
    at = a_moment()


class MessagesOut(Wire):
    """At most 100 of each; `total` waits altogether."""

    waiting = parts_of(WaitingMessage)
    total = fields.Integer(required=True)
    failed = parts_of(FailedMessage)


class ClientsPage(Wire):
    clients = parts_of(ClientEntry)
    next = a_text(allow_none=True)


class ClientMade(Wire):
    client_id = an_id()
