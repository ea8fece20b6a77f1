"""nacre keeps every line of Cowrie honeypots and turns it into sessions, entities and reports."""

__version__ = "0.1.0"
