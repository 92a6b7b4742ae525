"""The first tables of the blind service; a database that a trial made before has them already."""

import sqlalchemy as sa
from alembic import op

from service.migrations import refuse_rows

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "account",
    "confirmation",
    "deletion_receipt",
    "login",
    "mailbox",
    "mailbox_message",
    "passkey",
    "passkey_challenge",
    "share",
    "share_view",
    "transfer",
    "vault_version",
)


def upgrade() -> None:
    """Make the tables."""
    _make_accounts()
    _make_sign_in()
    _make_sharing()


def downgrade() -> None:
    """Drop them, while they are empty."""
    refuse_rows(*TABLES)
    for table in TABLES:
        op.drop_table(table)


def _make_accounts() -> None:
    """Accounts, sealed vaults, and receipts of what is gone."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("locator_hash", sa.String()),
        sa.Column("auth_hash", sa.String()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("locator_hash"),
    )
    op.create_table(
        "deletion_receipt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "vault_version",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ver"),
    )


def _make_sign_in() -> None:
    """Passkeys, logins, and what they confirm."""
    op.create_table(
        "confirmation",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("login_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_confirmation_expires_at", "confirmation", ["expires_at"])
    op.create_index("ix_confirmation_login_id", "confirmation", ["login_id"])
    op.create_table(
        "login",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_login_owner_id", "login", ["owner_id"])
    op.create_index("ix_login_seen_at", "login", ["seen_at"])
    op.create_index("ix_login_started_at", "login", ["started_at"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_passkey_owner_id", "passkey", ["owner_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("ceremony", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String()),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash"),
    )
    op.create_index("ix_passkey_challenge_expires_at", "passkey_challenge", ["expires_at"])


def _make_sharing() -> None:
    """Deelkaarten, mailboxes, and devices that move in."""
    op.create_table(
        "mailbox",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mailbox_expires_at", "mailbox", ["expires_at"])
    op.create_table(
        "mailbox_message",
        sa.Column("mailbox_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", "number"),
    )
    op.create_table(
        "share",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("coded", sa.Boolean(), nullable=False),
        sa.Column("gate_hash", sa.String(), nullable=False),
        sa.Column("stop_hash", sa.String(), nullable=False),
        sa.Column("max_views", sa.Integer()),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_share_expires_at", "share", ["expires_at"])
    op.create_table(
        "share_view",
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("share_id", "number"),
    )
    op.create_table(
        "transfer",
        sa.Column("ticket_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash"),
    )
    op.create_index("ix_transfer_account_id", "transfer", ["account_id"])
    op.create_index("ix_transfer_expires_at", "transfer", ["expires_at"])
