"""How the text of a setting becomes a value: each reader gives one, or says what it has to be."""

import re
from base64 import b64decode
from collections.abc import Callable
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from storage.urls import file_of, is_postgres

Network = IPv4Network | IPv6Network
Choice = TypeVar("Choice", bound=StrEnum)

MOST_WEBHOOKS = 20
"""How many URLs may be told."""

_BUCKET_URL = re.compile(r"(?:s3|gs|az)://[a-z0-9][a-z0-9._-]*(?:/[\w.~-]+)*/?", re.ASCII)
_FOLDER_URL = re.compile(r"file:(?://)?/[^/?#][^?#]*")

# Each ValueError below is the end of a sentence that begins with the name of the setting.


def folder(text: str) -> Path:
    """A path; `~` is the home of whoever runs the index."""
    try:
        text.encode()
        return Path(text).expanduser()
    except UnicodeEncodeError:
        raise ValueError("has to be a path in UTF-8") from None
    except RuntimeError:
        raise ValueError("has to be in the home of somebody who has one") from None


def readable_file(text: str) -> Path | None:
    """A file that can be read, or none."""
    if not text:
        return None
    path = folder(text)
    try:
        with path.open("rb"):
            return path
    except OSError:
        raise ValueError("has to be a file that can be read") from None


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number from *least* to *most*, written in plain digits."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text[:20]) <= most:
            return int(text)
        raise ValueError(f"has to be a whole number from {least} to {most}")

    return read


def choice(options: type[Choice]) -> Callable[[str], Choice]:
    """One of the values of an enumeration, in any case."""

    def read(text: str) -> Choice:
        try:
            return options(text.lower())
        except ValueError:
            raise ValueError(f"has to be one of: {', '.join(options)}") from None

    return read


def database_url(text: str) -> str:
    """The URL of a file of SQLite or of a database of PostgreSQL, or nothing."""
    try:
        if text and not is_postgres(text):
            file_of(text)
    except ValueError:
        raise ValueError(
            "has to be a URL like sqlite:////srv/bascule/bascule.sqlite"
            " or postgresql://name:password@host/bascule"
        ) from None
    return text


def blobs_url(text: str) -> str:
    """The URL of a folder or of a part of a bucket, or `memory:`, or nothing."""
    is_store = _FOLDER_URL.fullmatch(text) or _BUCKET_URL.fullmatch(text)
    if text and text != "memory:" and not is_store:
        raise ValueError(
            "has to be a URL like file:///srv/bascule/blobs, or s3://bucket/folder, or memory:"
        )
    return text


def web_url(text: str) -> str:
    """The address of a site without a slash at its end, or nothing."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        well_formed = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or any(mark in text for mark in "?#@ "):
        raise ValueError("has to be a URL like https://packages.example.org")
    return text.rstrip("/")


def checkpoint_url(text: str) -> str:
    """The URL of a file, or of whoever takes JSON over https (http on this machine), or nothing."""
    is_file = _FOLDER_URL.fullmatch(text) and not text.endswith("/")
    if text and not is_file and not _is_safe_way(text):
        raise ValueError("has to be a URL like file:///srv/checkpoints.jsonl, or one of https")
    return text


def _is_safe_way(text: str) -> bool:
    """Whether it is the URL of a place on the way to which nobody can listen in."""
    if any(mark in text for mark in "#@ ") or not (text.isascii() and text.isprintable()):
        return False
    try:
        parts = urlsplit(text)
        is_place = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        return False
    here = parts.scheme == "http" and is_this_machine(parts.hostname or "")
    return is_place and (parts.scheme == "https" or here)


def is_this_machine(host: str) -> bool:
    """Whether what goes there leaves no machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def webhook_urls(text: str) -> tuple[str, ...]:
    """URLs of https (http on this machine), with commas between them, each once."""
    urls = tuple(dict.fromkeys(url.strip() for url in text.split(",") if url.strip()))
    if len(urls) > MOST_WEBHOOKS or not all(map(_is_safe_way, urls)):
        raise ValueError(f"has to be at most {MOST_WEBHOOKS} URLs of https, with commas between")
    return urls


def webhook_secret(text: str) -> str:
    """`whsec_` and a key in base64, of 24 to 64 bytes as Standard Webhooks wants it, or nothing."""
    try:
        key = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if text and not (text.startswith("whsec_") and 24 <= len(key) <= 64):
        raise ValueError("has to be whsec_ and then 24 to 64 bytes in base64")
    return text


def smtp_url(text: str) -> str:
    """The URL of a mail server, maybe with whom to log in as, or nothing."""
    if not text:
        return text
    try:
        parts = urlsplit(text)
        is_place = bool((parts.hostname or "").encode("idna")) and parts.port != 0
        well_formed = is_place and parts.scheme in {"smtp", "smtps"} and unquote(text).isascii()
    except ValueError:
        well_formed = False
    if not well_formed or parts.path.strip("/") or any(mark in text for mark in "?# "):
        raise ValueError("has to be a URL like smtp://name:password@mail.example.org:587")
    return text


def mail_address(text: str) -> str:
    """An e-mail address, maybe with a name before it, or nothing."""
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if text and not (local and domain and text.isascii() and text.isprintable()):
        raise ValueError("has to be an address like Bascule <bascule@example.org>")
    return text


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas between them."""
    try:
        return tuple(ip_network(item) for item in text.replace(",", " ").split())
    except ValueError:
        raise ValueError("has to be addresses or networks such as 10.0.0.0/8, ::1") from None


def secret(least_length: int) -> Callable[[str], str]:
    """A text of some length, or nothing."""

    def read(text: str) -> str:
        if 0 < len(text) < least_length:
            raise ValueError(f"has to have at least {least_length} characters")
        return text

    return read
