"""From bytes to events: pure, without IO and without a clock."""
