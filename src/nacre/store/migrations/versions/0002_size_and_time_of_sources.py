"""Remember size and time of last write of a source: a quick look sees which files of a folder changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written out rather than taken from the models: those move on, and this step must stay what it was.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# An old row was found before anybody looked: 0 is no file's time, so that the quick look opens it once.
COLUMNS = (
    ("size_bytes", "bytes on disk when found last; a hint"),
    ("mtime_ns", "time of the last write when found last, nanoseconds since 1970 UTC; a hint"),
)
CAUSES_BEFORE = "nul_hole, truncated or corrupt"
CAUSES_AFTER = "nul_hole, truncated, corrupt, shortened, vanished or skipped"


def upgrade() -> None:
    """Add the columns; SQLite rewrites no row for that (https://www.sqlite.org/lang_altertable.html)."""
    for name, comment in COLUMNS:
        column = sa.Column(name, BIG, nullable=False, server_default=sa.text("0"), comment=comment)
        op.add_column("sources", column)
    _tell_causes(CAUSES_AFTER, before=CAUSES_BEFORE)


def downgrade() -> None:
    """Take the columns away; everything else stays."""
    for name, _ in reversed(COLUMNS):
        op.drop_column("sources", name)
    _tell_causes(CAUSES_BEFORE, before=CAUSES_AFTER)


def _tell_causes(comment: str, *, before: str) -> None:
    if op.get_context().dialect.name != "sqlite":  # which has no comments
        op.alter_column("coverage_gaps", "cause", existing_type=sa.Text(), comment=comment, existing_comment=before)
