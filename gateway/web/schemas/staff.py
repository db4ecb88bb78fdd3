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
    some,
)
from policies.facts import Field
from policies.permissions import Role

LEAST_PASSWORD_SIGNS = 12


class SignIn(Wire):
    login = a_text(64)
    password = a_secret(1)


class Session(Wire):
    """`token` is a bearer token; it is shown here once."""

    token = a_text()
    role = a_choice(Role)
    school_id = an_id(allow_none=True)
    expires_at = a_moment()


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


class NewStaff(Wire):
    """`classes`: of a tutor. `email`, `phone` tell a worker's contact from a family's."""

    login = a_match("[A-Za-z0-9][A-Za-z0-9._-]{2,63}", "login_form")
    password = a_secret(LEAST_PASSWORD_SIGNS)
    role = a_choice(Role)
    school_id = an_id(required=False, allow_none=True)
    classes = some(a_class_name(), 60, required=False)
    email = Personal(Field.EMAIL, required=False)
    phone = Personal(Field.PHONE, required=False)


class StaffMade(Wire):
    staff_id = an_id()


class NewClient(Wire):
    """`jwks`: RFC 7517, one EC key to sign assertions, one RSA key to encrypt bundles to."""

    name = a_match("[A-Za-z0-9][A-Za-z0-9._-]{2,63}", "login_form")
    programme = a_text(64)
    jwks = fields.Dict(required=True, error_messages=MESSAGES)


class ClientMade(Wire):
    client_id = an_id()
