"""What became of a message is looked up in Slack; messages are edited and answered; troubles told once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _outbox()
    _answers()
    _incidents()


def _outbox() -> None:
    for name in ("place", "bundle", "meant"):
        op.add_column("outbox", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in ("looks", "changes", "shown"):
        op.add_column("outbox", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("first_at", "look_at", "edit_at", "edited_at"):
        op.add_column("outbox", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("carried_by", ID, nullable=True))
    # What nobody knew the end of is looked up, too: its metadata was sent by older versions as well.
    op.execute("UPDATE outbox SET first_at = started_at")
    op.execute("UPDATE outbox SET look_at = started_at WHERE state IN ('unknown', 'sending')")
    op.create_index("ix_outbox_look", "outbox", ["look_at"])
    op.create_index("ix_outbox_edit", "outbox", ["edit_at"])
    op.create_index("ix_outbox_carried", "outbox", ["carried_by"])


def _answers() -> None:
    op.create_table(
        "actions",
        sa.Column("id", ID, nullable=False),
        sa.Column("outbox_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_actions_outbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
        sa.UniqueConstraint("outbox_id", "kind", "value", "user", name="uq_actions_outbox_id"),
    )
    op.create_index("ix_actions_outbox_id", "actions", ["outbox_id"])
    op.create_table(
        "mutes",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("story_id", ID, nullable=True),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
    )
    op.create_index("ix_mutes_until", "mutes", ["until"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("outbox_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_incidents_outbox_id"),
        sa.PrimaryKeyConstraint("key", name="pk_incidents"),
    )
    op.create_index("ix_incidents_closed_at", "incidents", ["closed_at"])
    op.create_index("ix_incidents_outbox_id", "incidents", ["outbox_id"])
