"""People with passkeys, what they did in their browsers, and templates of one's own."""

import sqlalchemy as sa
from alembic import op

from service.migrations import refuse_rows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = (
    *("template_version", "own_template", "invitation", "member"),
    *("login", "passkey_challenge", "passkey"),
)
"""Those that refer to others first."""


def upgrade() -> None:
    """Make the tables."""
    _sign_in()
    _members()
    _templates()


def downgrade() -> None:
    """Drop them, indexes included.

    Raises:
        RejectedError: ``config_database_back``.
    """
    refuse_rows("member", "own_template")
    for table in _TABLES:
        op.drop_table(table)


def _sign_in() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner_id", sa.String(), nullable=False, index=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
    )
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(), primary_key=True),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("ceremony", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String()),
        sa.Column("expires_at", sa.DateTime(), nullable=False, index=True),
    )
    op.create_table(
        "login",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False, index=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False, index=True),
        sa.Column("seen_at", sa.DateTime(), nullable=False, index=True),
        sa.UniqueConstraint("token_hash"),
    )


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.String(), primary_key=True),
        _organisation(index=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary()),
        sa.Column("duties", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("member_id", sa.String(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("member_id"),
    )


def _templates() -> None:
    op.create_table(
        "own_template",
        _organisation(primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "template_version",
        _organisation(primary_key=True),
        sa.Column("template_id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("design", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
    )


def _organisation(*, index: bool = False, primary_key: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey("organisation.id")
    column: sa.Column[str] = sa.Column(
        "organisation_id",
        sa.String(),
        reference,
        nullable=False,
        index=index,
        primary_key=primary_key,
    )
    return column
