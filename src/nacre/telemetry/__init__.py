"""Signals: what nacre tells of itself, by registered names only."""
