"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
% if down_revision is None:

from audit.store import guard_statements as journal_guards
from gateway.store.guards import guard_statements as answer_guards
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${"\n".join(line for line in upgrades.splitlines() if "###" not in line).strip()}
% if down_revision is None:
    dialect = op.get_bind().dialect.name
    for statement in (*journal_guards(dialect), *answer_guards(dialect)):
        op.execute(sa.text(statement))
% endif
