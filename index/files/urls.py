"""Where the bytes of a file are, below the route of all files."""

import re
from urllib.parse import quote

from storage.records import File, Offered

_plain = re.compile(r"[A-Za-z0-9._-]*").fullmatch


def file_url(file: File | Offered, files_url: str) -> str:
    """The URL of *file*, where *files_url* (relative or absolute) ends in a slash.

    The name comes last, without a query or an encoded slash, and a `+` always as `%2B`: pip and
    poetry read the name off the URL, and each puts `.metadata` after a query differently (S7).
    """
    name = file.filename
    # Nearly all names are plain, and to know it takes half the time that quoting does.
    return f"{files_url}{file.sha256}/{name if _plain(name) else quote(name, safe='')}"
