"""Where a database and blobs are: what a URL names, and the URL of a file."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


def url_of(file: Path) -> str:
    """The URL of the SQLite database in *file*, whatever characters its path has."""
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)


def file_of(url: str) -> Path:
    """The file of the SQLite database that *url* names. Raises ValueError if it names none."""
    try:
        parts = make_url(url)
    except ArgumentError:
        raise ValueError("no URL of a database") from None
    file = parts.database or ""
    if "?" in url or not file or file.startswith((":", "file:")):
        raise ValueError("no URL of a file")
    if parts != URL.create("sqlite", database=file):
        raise ValueError("no URL of SQLite alone")
    return Path(file)


def is_postgres(url: str) -> bool:
    """Whether *url* names a database of PostgreSQL."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    return parts.drivername == "postgresql" and bool(parts.database)


def blobs_folder(url: str) -> Path | None:
    """The folder of the store that a URL names; None if it has none."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def without_password(url: str) -> str:
    """The URL of a database, to be shown."""
    return make_url(url).render_as_string(hide_password=True)
