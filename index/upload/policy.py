"""What an index accepts: one of two policies, and the limits that hold under both."""

from dataclasses import dataclass
from enum import StrEnum

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


class Policy(StrEnum):
    """PUBLIC refuses what the public index refuses; PRIVATE also allows what companies need.

    Those are local versions, `linux_*` tags, unknown classifiers and direct references.
    """

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of anything an upload may have (UPLOADS.md 6, 17 and 26, STANDARDS.md U6, U14)."""

    file_bytes: int = 2 * GIB
    """The file as it is sent."""
    parts: int = 50_000
    """Parts of the multipart body."""
    field_bytes: int = 16 * MIB
    """One text field of the form."""

    members: int = 100_000
    """Files, folders and links in an archive."""
    member_name_bytes: int = KIB
    """The path of one of them."""
    unpacked_bytes: int = 4 * GIB
    """All of them together, unpacked."""
    unpacked_ratio: int = 50
    """How many times the size of the archive that may be, past the next figure."""
    unpacked_ratio_from_bytes: int = 64 * MIB
    tar_header_bytes: int = 32 * MIB
    """The extended headers of all members of a tar together."""

    metadata_bytes: int = 8 * MIB
    """METADATA or PKG-INFO."""
    metadata_fields: int = 20_000
    """Fields in it, each repetition counted."""
    metadata_field_names: int = 200
    """Different fields in it; the specification knows 34."""
    metadata_short_bytes: int = 512 * KIB
    """Everything in it but the description, the licence and the keywords."""
    record_bytes: int = 32 * MIB
    """RECORD of a wheel."""
    entry_points_bytes: int = MIB
    """entry_points.txt of a wheel."""
    noted: int = 20
    """Files that run when it is installed and are looked at; more of them refuse nothing."""
    noted_bytes: int = 256 * KIB
    """How much of each."""
    rendering_seconds: float = 8.0
    """Rendering a description, so that an answer comes before the shortest client gives up."""
