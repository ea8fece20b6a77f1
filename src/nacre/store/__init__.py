"""The store: its contract, its schema, and the engines that keep it."""
