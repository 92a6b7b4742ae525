"""Firms that sign in, and requests that say what they are for and how long results stay.

Requests of before are let go of: one lives ten minutes, and their results named no end.
"""

import sqlalchemy as sa
from alembic import op

from service.migrations import refuse_rows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW = (
    "organisation",
    "invitation",
    "passkey",
    "passkey_challenge",
    "login",
    "api_key",
    "kept_answer",
    "receiver",
    "event",
    "job",
)


def upgrade() -> None:
    """Take the step."""
    for table in ("result", "request"):
        op.drop_table(table)
    _make_firms()
    _make_sign_in()
    _make_programs()
    _make_deliveries()
    _make_requests()
    _make_results()


def downgrade() -> None:
    """Take it back, while no firm has come in."""
    refuse_rows("organisation")
    for table in ("result", "request", *reversed(NEW)):
        op.drop_table(table)
    _make_first_requests()


def _make_firms() -> None:
    """A firm that asks, whose name or domain was checked."""
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kvk", sa.String()),
        sa.Column("domain", sa.String()),
        sa.Column("checked_by", sa.String()),
        sa.Column("checked_at", sa.DateTime()),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
    )
    op.create_index("ix_invitation_organisation_id", "invitation", ["organisation_id"])


def _make_sign_in() -> None:
    """Who signs in for a firm."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
    )
    op.create_index("ix_passkey_owner_id", "passkey", ["owner_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(), primary_key=True),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("ceremony", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String()),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_passkey_challenge_expires_at", "passkey_challenge", ["expires_at"])
    op.create_table(
        "login",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_login_owner_id", "login", ["owner_id"])
    op.create_index("ix_login_seen_at", "login", ["seen_at"])
    op.create_index("ix_login_started_at", "login", ["started_at"])


def _make_programs() -> None:
    """Keys of programs, and answers kept for requests that come again."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_index("ix_api_key_organisation_id", "api_key", ["organisation_id"])
    op.create_table(
        "kept_answer",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key_hash"),
    )
    op.create_index("ix_kept_answer_created_at", "kept_answer", ["created_at"])


def _make_deliveries() -> None:
    """Who hears of events, the events, and what is still to be sent."""
    op.create_table(
        "receiver",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary()),
        sa.Column("old_until", sa.DateTime()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_receiver_owner_id", "receiver", ["owner_id"])
    op.create_table(
        "event",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_organisation_id", "event", ["organisation_id"])
    op.create_table(
        "job",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("run_at", sa.DateTime(), nullable=False),
        sa.Column("claim", sa.String()),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("failure", sa.String()),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_job_kind", "job", ["kind"])
    op.create_index("ix_job_run_at", "job", ["run_at"])
    op.create_index("ix_job_state", "job", ["state"])


def _make_requests() -> None:
    """One question to one holder."""
    op.create_table(
        "request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("correlation", sa.String(), nullable=False),
        sa.Column("encryption_jwk", sa.String(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String()),
        sa.Column("firm_name", sa.String()),
        sa.Column("firm_kvk", sa.String()),
        sa.Column("vacancy", sa.String(), nullable=False),
        sa.Column("confirms", sa.String(), nullable=False),
        sa.Column("session_hash", sa.String()),
        sa.Column("response_code_hash", sa.String()),
        sa.Column("match_code", sa.String()),
        sa.Column("match_tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Integer()),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Integer()),
        sa.Column("kept_until", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.UniqueConstraint("correlation"),
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index("ix_request_expires_at", "request", ["expires_at"])
    op.create_index("ix_request_kept_until", "request", ["kept_until"])
    op.create_index("ix_request_organisation_id", "request", ["organisation_id"])


def _make_results() -> None:
    """What a check found, proof by proof."""
    op.create_table(
        "result",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("checked_at", sa.Integer(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("holder", sa.String()),
        sa.PrimaryKeyConstraint("request_id", "position"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"]),
    )


def _make_first_requests() -> None:
    """Both tables as release 0.1.0 had them."""
    op.create_table(
        "request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("correlation", sa.String(), nullable=False),
        sa.Column("encryption_jwk", sa.String(), nullable=False),
        sa.Column("session_hash", sa.String()),
        sa.Column("response_code_hash", sa.String()),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False, index=True),
        sa.Column("answered_at", sa.Integer()),
        sa.UniqueConstraint("reference"),
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("correlation"),
    )
    op.create_table(
        "result",
        sa.Column("request_id", sa.String(), sa.ForeignKey("request.id"), primary_key=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("checked_at", sa.Integer(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
    )
