"""Keeping a store honest: accounts, and later verification, reconciliation, retention."""
