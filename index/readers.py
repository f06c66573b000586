"""How the text of a setting becomes a value: each reader gives one, or says what it has to be."""

from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Choice = TypeVar("Choice", bound=StrEnum)

# Each ValueError below is the end of a sentence that begins with the name of the setting.


def folder(text: str) -> Path:
    """A path; `~` is the home of whoever runs the index."""
    return Path(text).expanduser()


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


def url(*schemes: str) -> Callable[[str], str]:
    """A URL of one of these schemes, or nothing."""

    def read(text: str) -> str:
        if text and text.partition(":")[0] not in schemes:
            raise ValueError(f"has to be a URL that begins with {' or '.join(schemes)}:")
        return text

    return read


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
