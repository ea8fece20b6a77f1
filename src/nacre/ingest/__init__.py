"""From sources to the store: one pipeline, driven by ranges of files or by live files."""
