"""E-mail addresses and URLs in metadata: where people and pages can be reached."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from index.upload.complaints import quoted

LABEL_CHARACTERS = 32
"""The longest label of a Project-URL that a page has room for."""
SCHEMES = ("http", "https")

_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|<[^<>]*>|[^,])+')
_BRACKETS = re.compile(r"<([^<>]*)>\s*(?:\([^()]*\)\s*)?\Z")
_COMMENT = re.compile(r"\([^()]*\)")
_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")


def check_emails(field: str, value: str) -> Iterator[str]:
    """A complaint for each address in *value* that is none (UPLOADS.md 30, U15).

    *value* is a list as in the header of a letter: `a@b.org, "Ann" <ann@c.org>`.
    """
    for address in _addresses(value):
        if not _is_email(address):
            yield f"{field} has {quoted(address)}, which is not a valid e-mail address."


def check_url(field: str, value: str) -> Iterator[str]:
    """A complaint if *value* is not an absolute http or https URL (UPLOADS.md 30, U15)."""
    if not _is_url(value.strip()):
        yield f"{field} is {quoted(value)}, which is not a valid http or https URL."


def check_project_urls(urls: Mapping[str, str]) -> Iterator[str]:
    """A complaint for each label that is empty or too long, and each URL that is none."""
    for label, url in urls.items():
        if not 1 <= len(label) <= LABEL_CHARACTERS:
            yield f"A Project-URL has the label {quoted(label)}, not of 1 to 32 characters."
        yield from check_url(f"The Project-URL {quoted(label)}", url)


def _addresses(value: str) -> Iterator[str]:
    """The addresses in a list. A name may have commas in it, as in `Toast, Inc. <a@b.org>`."""
    name_so_far = ""
    for piece in _PIECE.findall(value):
        if found := _BRACKETS.search(piece):
            name_so_far = ""
            yield found[1].strip()
        elif "@" in piece or "<" in piece:
            yield from filter(None, [name_so_far])
            name_so_far = ""
            yield _COMMENT.sub("", piece).strip()
        else:
            name_so_far = name_so_far or piece.strip()
    yield from filter(None, [name_so_far])


def _is_email(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _is_url(url: str) -> bool:
    """RFC 3986, with a scheme that browsers open and a host."""
    if not _URL.fullmatch(url) or re.search(r"%(?![0-9A-Fa-f]{2})", url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in SCHEMES and host is not None and _HOST.fullmatch(host) is not None
