"""Who may do what. One table; the scope (own class, own school, own child) is the gateway's."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """One person may hold several; FAMILY is a signer with an open link, PLATFORM a client."""

    ADMINISTRATOR = "administrator"
    REGISTRAR = "registrar"
    DIRECTOR = "director"
    TUTOR = "tutor"
    AUDITOR = "auditor"
    PLATFORM = "platform"
    FAMILY = "family"


class Permission(StrEnum):
    """One verb of the gateway each."""

    MANAGE_SCHOOLS = "manage_schools"
    MANAGE_STAFF = "manage_staff"
    MANAGE_SECOND_FACTORS = "manage_second_factors"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_MESSAGES = "manage_messages"
    OPEN_COLLECTION = "open_collection"
    STATE_ENROLMENT = "state_enrolment"
    IMPORT_ROSTER = "import_roster"
    COMMIT_IMPORT = "commit_import"
    READ_CLASS = "read_class"
    READ_REFUSALS = "read_refusals"
    RECORD_AGREEMENT = "record_agreement"
    RECORD_AUTHORITY = "record_authority"
    INVITE = "invite"
    RECORD_PAPER = "record_paper"
    RECORD_ATTEMPT = "record_attempt"
    PROPOSE_LEAVING_OUT = "propose_leaving_out"
    CONFIRM_LEAVING_OUT = "confirm_leaving_out"
    HAND_IN_CLASS = "hand_in_class"
    READ_READINESS = "read_readiness"
    PREPARE_RELEASE = "prepare_release"
    APPROVE_RELEASE = "approve_release"
    APPOINT_ACTING = "appoint_acting"
    READ_JOURNAL = "read_journal"
    EXPORT_JOURNAL = "export_journal"
    PULL_BUNDLES = "pull_bundles"
    READ_RECALLS = "read_recalls"
    ANSWER_ASKS = "answer_asks"


_CLASS_WORK = frozenset({Role.TUTOR, Role.REGISTRAR})

# The administrator reaches no personal data, the auditor changes nothing, and what needs two
# people never stands on one role.
ALLOWED: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.MANAGE_SCHOOLS: frozenset({Role.ADMINISTRATOR}),
        Permission.MANAGE_STAFF: frozenset({Role.ADMINISTRATOR}),
        Permission.MANAGE_SECOND_FACTORS: frozenset({Role.ADMINISTRATOR}),
        Permission.MANAGE_CLIENTS: frozenset({Role.ADMINISTRATOR}),
        Permission.MANAGE_MESSAGES: frozenset({Role.ADMINISTRATOR}),
        Permission.OPEN_COLLECTION: frozenset({Role.REGISTRAR}),
        Permission.STATE_ENROLMENT: frozenset({Role.REGISTRAR}),
        Permission.IMPORT_ROSTER: _CLASS_WORK,
        Permission.COMMIT_IMPORT: _CLASS_WORK,
        Permission.READ_CLASS: _CLASS_WORK | {Role.DIRECTOR},
        # A tutor knows who is not handed over, and not why.
        Permission.READ_REFUSALS: frozenset({Role.REGISTRAR, Role.DIRECTOR}),
        Permission.RECORD_AGREEMENT: _CLASS_WORK,
        Permission.RECORD_AUTHORITY: frozenset({Role.REGISTRAR}),
        Permission.INVITE: _CLASS_WORK,
        Permission.RECORD_PAPER: _CLASS_WORK,
        Permission.RECORD_ATTEMPT: _CLASS_WORK,
        Permission.PROPOSE_LEAVING_OUT: frozenset({Role.REGISTRAR}),
        Permission.CONFIRM_LEAVING_OUT: frozenset({Role.DIRECTOR}),
        Permission.HAND_IN_CLASS: frozenset({Role.TUTOR}),
        Permission.READ_READINESS: _CLASS_WORK | {Role.DIRECTOR},
        Permission.PREPARE_RELEASE: frozenset({Role.REGISTRAR}),
        Permission.APPROVE_RELEASE: frozenset({Role.DIRECTOR}),
        Permission.APPOINT_ACTING: frozenset({Role.DIRECTOR}),
        Permission.READ_JOURNAL: frozenset({Role.AUDITOR}),
        Permission.EXPORT_JOURNAL: frozenset({Role.AUDITOR}),
        Permission.PULL_BUNDLES: frozenset({Role.PLATFORM}),
        Permission.READ_RECALLS: frozenset({Role.PLATFORM}),
        Permission.ANSWER_ASKS: frozenset({Role.FAMILY}),
    }
)


def allowed(role: Role, permission: Permission) -> bool:
    """Whether that role has that permission at all; scope is not looked at."""
    return role in ALLOWED[permission]
