"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from audit.store import guard_statements as journal_guards
from gateway.store.guards import guard_statements as answer_guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "canaries",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_canaries")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("duty", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "limits",
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_limits")),
    )
    op.create_index(op.f("ix_limits_until"), "limits", ["until"], unique=False)
    op.create_table(
        "audit_leaf",
        sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("sseq", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_audit_leaf_event_id")
        ),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_leaf_event_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_audit_leaf_school_id_idx"), "audit_leaf", ["school_id", "idx"], unique=False
    )
    op.create_table(
        "audit_pending",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_audit_pending_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_pending")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claims",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("holder", sa.LargeBinary(length=16), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_claims_event_id")),
        sa.PrimaryKeyConstraint("field", "key_version", "token", name=op.f("pk_claims")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("jwks", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_clients_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("name", name=op.f("uq_clients_name")),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("public_code", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("inn", sa.Text(), nullable=True),
        sa.Column("ogrn", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("instruction_no", sa.Text(), nullable=True),
        sa.Column("instruction_on", sa.Date(), nullable=True),
        sa.Column("act_no", sa.Text(), nullable=True),
        sa.Column("act_on", sa.Date(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_schools_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("public_code", name=op.f("uq_schools_public_code")),
    )
    op.create_table(
        "claim_requests",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("holder", sa.LargeBinary(length=16), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_claim_requests_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_claim_requests_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_claim_requests")),
        sa.UniqueConstraint(
            "school_id",
            "person_id",
            "field",
            name=op.f("uq_claim_requests_school_id_person_id_field"),
        ),
    )
    op.create_index(
        "ix_claim_requests_contact",
        "claim_requests",
        ["field", "key_version", "token"],
        unique=False,
    )
    op.create_index(op.f("ix_claim_requests_state"), "claim_requests", ["state"], unique=False)
    op.create_table(
        "classes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_classes_event_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_classes_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_classes")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_classes_school_id_name")),
    )
    op.create_table(
        "client_jtis",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("jti_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_jtis_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", "jti_hash", name=op.f("pk_client_jtis")),
    )
    op.create_table(
        "collections",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_collections_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_collections_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_collections")),
    )
    op.create_table(
        "last_letters",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(length=16), nullable=False),
        sa.Column("goes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_last_letters_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "address", name=op.f("pk_last_letters")),
    )
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_link_requests_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_messages_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_due_at"), "messages", ["due_at"], unique=False)
    op.create_table(
        "person_keys",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_class", sa.SmallInteger(), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("kek_id", sa.BigInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_person_keys_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_person_keys_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "person_id", "key_class", "generation", name=op.f("pk_person_keys")
        ),
    )
    op.create_index(op.f("ix_person_keys_kek_id"), "person_keys", ["kek_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registry", sa.LargeBinary(), nullable=True),
        sa.Column("identity_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_persons_event_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_persons_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_identity_token"), "persons", ["identity_token"], unique=False)
    op.create_table(
        "repeats",
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_repeats_school_id")),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_repeats")),
    )
    op.create_index(op.f("ix_repeats_expires_at"), "repeats", ["expires_at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("phone_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("snils_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_staff_event_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_staff_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "acting_directors",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_acting_directors_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_acting_directors_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_acting_directors_staff_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_acting_directors")),
    )
    op.create_table(
        "agreements",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_agreements_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_agreements_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_agreements_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_agreements")),
        sa.UniqueConstraint(
            "school_id",
            "person_id",
            "number",
            name=op.f("uq_agreements_school_id_person_id_number"),
        ),
    )
    op.create_table(
        "asks",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_asks_event_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_asks_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "signer_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_asks_school_id_signer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "subject_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_asks_school_id_subject_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_asks_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_asks")),
        sa.UniqueConstraint(
            "school_id",
            "collection_id",
            "form",
            "signer_id",
            "subject_id",
            name=op.f("uq_asks_school_id_collection_id_form_signer_id_subject_id"),
        ),
    )
    op.create_table(
        "destroyed_marks",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_destroyed_marks_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_destroyed_marks_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_destroyed_marks_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "person_id", "mark", name=op.f("pk_destroyed_marks")),
    )
    op.create_table(
        "details_drafts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_details_drafts_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "signer_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_details_drafts_school_id_signer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_details_drafts_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "signer_id", "person_id", name=op.f("pk_details_drafts")
        ),
    )
    op.create_table(
        "enrolments",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_enrolments_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_enrolments_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_enrolments_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_enrolments_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "collection_id", "class_id", name=op.f("pk_enrolments")
        ),
    )
    op.create_table(
        "hand_ins",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_hand_ins_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_hand_ins_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_hand_ins_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_hand_ins_school_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_hand_ins_staff_id")),
        sa.PrimaryKeyConstraint("school_id", "collection_id", "class_id", name=op.f("pk_hand_ins")),
    )
    op.create_table(
        "imports",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_imports_event_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_imports_school_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_imports_staff_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_imports")),
    )
    op.create_table(
        "item_changes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(length=16), nullable=True),
        sa.Column("after", sa.LargeBinary(length=16), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_item_changes_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_item_changes_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_item_changes_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "person_id", "number", "item", name=op.f("pk_item_changes")
        ),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email_token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("phone_token", sa.LargeBinary(length=16), nullable=True),
        sa.Column("code_tag", sa.LargeBinary(length=32), nullable=True),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_guesses", sa.Integer(), nullable=False),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_links_event_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_links_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "signer_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_links_school_id_signer_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_links_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_table(
        "newcomers",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_newcomers_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_newcomers_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_newcomers_school_id_guardian_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "signer_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_newcomers_school_id_signer_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_newcomers_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_newcomers")),
        sa.UniqueConstraint("school_id", "tag", name=op.f("uq_newcomers_school_id_tag")),
    )
    op.create_table(
        "person_tokens",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(length=16), nullable=False),
        sa.Column("staff_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_person_tokens_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_person_tokens_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_person_tokens_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "person_id", "field", "key_version", name=op.f("pk_person_tokens")
        ),
        sa.UniqueConstraint(
            "school_id",
            "field",
            "key_version",
            "token",
            name=op.f("uq_person_tokens_school_id_field_key_version_token"),
        ),
    )
    op.create_table(
        "pupils",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_order_no", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_pupils_event_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_pupils_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_pupils_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_pupils_school_id")),
        sa.PrimaryKeyConstraint("school_id", "person_id", name=op.f("pk_pupils")),
    )
    op.create_table(
        "releases",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("set_digest", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_releases_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["staff.id"], name=op.f("fk_releases_prepared_by")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_releases_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_releases_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_releases")),
    )
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_staff_passkeys_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_passkeys_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkeys_credential_id")),
    )
    op.create_index(
        op.f("ix_staff_passkeys_staff_id"), "staff_passkeys", ["staff_id"], unique=False
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_staff_recovery_codes_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_codes_staff_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", "tag", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=True),
        sa.Column("challenge_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_table(
        "staff_totp",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_staff_totp_event_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_totp_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_totp")),
    )
    op.create_table(
        "tutor_classes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_tutor_classes_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_tutor_classes_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_tutor_classes_school_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_tutor_classes_staff_id")),
        sa.PrimaryKeyConstraint("school_id", "staff_id", "class_id", name=op.f("pk_tutor_classes")),
    )
    op.create_table(
        "answers",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("evidence_level", sa.Text(), nullable=False),
        sa.Column("form_slug", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("document_digest", sa.Text(), nullable=False),
        sa.Column("has_agreement", sa.Boolean(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("signer_version", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_answers_event_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_answers_recorded_by")),
        sa.ForeignKeyConstraint(
            ["school_id", "ask_id"],
            ["asks.school_id", "asks.id"],
            name=op.f("fk_answers_school_id_ask_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "decided_by"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_answers_school_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_answers_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_answers")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_answers_receipt_no")),
    )
    op.create_index(op.f("ix_answers_ask_id"), "answers", ["ask_id"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["staff.id"], name=op.f("fk_approvals_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_approvals_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_approvals_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "release_id"],
            ["releases.school_id", "releases.id"],
            name=op.f("fk_approvals_school_id_release_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_approvals_school_id")),
        sa.PrimaryKeyConstraint("school_id", "collection_id", name=op.f("pk_approvals")),
    )
    op.create_table(
        "attempts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_attempts_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "pupil_id"],
            ["pupils.school_id", "pupils.person_id"],
            name=op.f("fk_attempts_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_attempts_school_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_attempts_staff_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_attempts")),
    )
    op.create_table(
        "bundles",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("guardians", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_event_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_bundles_event_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_bundles_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "release_id"],
            ["releases.school_id", "releases.id"],
            name=op.f("fk_bundles_school_id_release_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_bundles_school_id")),
        sa.ForeignKeyConstraint(
            ["sealed_event_id"], ["audit_event.id"], name=op.f("fk_bundles_sealed_event_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_bundles")),
        sa.UniqueConstraint(
            "school_id",
            "release_id",
            "revision",
            name=op.f("uq_bundles_school_id_release_id_revision"),
        ),
    )
    op.create_table(
        "family_sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_family_sessions_link_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_family_sessions_school_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_family_sessions")),
    )
    op.create_table(
        "guardianships",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("authority", sa.LargeBinary(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_guardianships_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "guardian_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_guardianships_school_id_guardian_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "pupil_id"],
            ["pupils.school_id", "pupils.person_id"],
            name=op.f("fk_guardianships_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_guardianships_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_guardianships")),
        sa.UniqueConstraint(
            "school_id",
            "pupil_id",
            "guardian_id",
            name=op.f("uq_guardianships_school_id_pupil_id_guardian_id"),
        ),
    )
    op.create_table(
        "leave_outs",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["staff.id"], name=op.f("fk_leave_outs_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_leave_outs_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["staff.id"], name=op.f("fk_leave_outs_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "collection_id"],
            ["collections.school_id", "collections.id"],
            name=op.f("fk_leave_outs_school_id_collection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "pupil_id"],
            ["pupils.school_id", "pupils.person_id"],
            name=op.f("fk_leave_outs_school_id_pupil_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_leave_outs_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_leave_outs")),
        sa.UniqueConstraint(
            "school_id",
            "collection_id",
            "pupil_id",
            name=op.f("uq_leave_outs_school_id_collection_id_pupil_id"),
        ),
    )
    op.create_table(
        "sign_codes",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("document_digest", sa.Text(), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_sign_codes_link_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "ask_id"],
            ["asks.school_id", "asks.id"],
            name=op.f("fk_sign_codes_school_id_ask_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_sign_codes_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_sign_codes")),
        sa.UniqueConstraint(
            "school_id", "ask_id", "link_id", name=op.f("uq_sign_codes_school_id_ask_id_link_id")
        ),
    )
    op.create_table(
        "bundle_members",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "bundle_id"],
            ["bundles.school_id", "bundles.id"],
            name=op.f("fk_bundle_members_school_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_bundle_members_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_bundle_members_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "bundle_id", "pupil_id", "person_id", name=op.f("pk_bundle_members")
        ),
    )
    op.create_table(
        "evidence",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_evidence_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "answer_id"],
            ["answers.school_id", "answers.id"],
            name=op.f("fk_evidence_school_id_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_evidence_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_evidence_school_id")),
        sa.PrimaryKeyConstraint("school_id", "answer_id", name=op.f("pk_evidence")),
    )
    op.create_table(
        "identity_checks",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["staff.id"], name=op.f("fk_identity_checks_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_event.id"], name=op.f("fk_identity_checks_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "answer_id"],
            ["answers.school_id", "answers.id"],
            name=op.f("fk_identity_checks_school_id_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_identity_checks_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_identity_checks")),
    )
    op.create_index(
        op.f("ix_identity_checks_answer_id"), "identity_checks", ["answer_id"], unique=False
    )
    op.create_table(
        "recalls",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_event_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_recalls_event_id")),
        sa.ForeignKeyConstraint(
            ["opened_event_id"], ["audit_event.id"], name=op.f("fk_recalls_opened_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "bundle_id"],
            ["bundles.school_id", "bundles.id"],
            name=op.f("fk_recalls_school_id_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_recalls_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_recalls_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_recalls")),
        sa.UniqueConstraint(
            "school_id",
            "bundle_id",
            "person_id",
            name=op.f("uq_recalls_school_id_bundle_id_person_id"),
        ),
    )
    op.create_table(
        "scans",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("attached_by", sa.Uuid(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["attached_by"], ["staff.id"], name=op.f("fk_scans_attached_by")),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_scans_event_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "answer_id"],
            ["answers.school_id", "answers.id"],
            name=op.f("fk_scans_school_id_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "person_id"],
            ["persons.school_id", "persons.id"],
            name=op.f("fk_scans_school_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_scans_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_scans")),
        sa.UniqueConstraint(
            "school_id", "answer_id", "digest", name=op.f("uq_scans_school_id_answer_id_digest")
        ),
    )
    dialect = op.get_bind().dialect.name
    for statement in (*journal_guards(dialect), *answer_guards(dialect)):
        op.execute(sa.text(statement))
