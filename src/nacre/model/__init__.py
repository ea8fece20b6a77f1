"""The nouns: frozen records and pure folds, without IO and without a clock."""
