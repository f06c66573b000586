"""Where the bytes of a file are, below the route of all files."""

import re
from typing import Protocol
from urllib.parse import quote

_plain = re.compile(r"[A-Za-z0-9._-]*").fullmatch


class Placed(Protocol):
    """What a file is found by."""

    @property
    def sha256(self) -> str:
        """Its digest."""

    @property
    def filename(self) -> str:
        """Its name."""


def file_url(file: Placed, files_url: str) -> str:
    """The URL of *file*, where *files_url* (relative or absolute) ends in a slash.

    The name comes last, without a query or an encoded slash, and a `+` always as `%2B`: pip and
    poetry read the name off the URL, and each puts `.metadata` after a query differently (S7).
    """
    name = file.filename
    # Nearly all names are plain, and to know it takes half the time that quoting does.
    return f"{files_url}{file.sha256}/{name if _plain(name) else quote(name, safe='')}"
