"""Sources: find log files, recognise them by their content, and read them whatever packs them."""

from nacre.sources.compression import Compression
from nacre.sources.discover import discover
from nacre.sources.identity import HEAD_BYTES_MAX, MARKER_BYTES, fingerprint, is_same_head, marker_of
from nacre.sources.opening import open_source
from nacre.sources.reader import BLOCK_BYTES, Source
from nacre.sources.sightings import Look, Sighting, covers, look, may_come
from nacre.sources.trouble import Damage, DamageKind, Skipped, SkipReason, printable
from nacre.sources.watch import Watch

__all__ = [
    "BLOCK_BYTES",
    "HEAD_BYTES_MAX",
    "MARKER_BYTES",
    "Compression",
    "Damage",
    "DamageKind",
    "Look",
    "Sighting",
    "SkipReason",
    "Skipped",
    "Source",
    "Watch",
    "covers",
    "discover",
    "fingerprint",
    "is_same_head",
    "look",
    "marker_of",
    "may_come",
    "open_source",
    "printable",
]
