"""The schema revisions that this nacre knows, where they cost nothing to import."""

from __future__ import annotations

# The newest step of migrations/versions; a test holds it equal to Alembic's own answer.
HEAD_REVISION = "0002"
KNOWN_REVISIONS = ("0001", "0002")  # oldest first
