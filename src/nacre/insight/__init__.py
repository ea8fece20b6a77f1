"""The analyst's verbs: find sessions, look into one, see how the store is."""
