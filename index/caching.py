"""What a cache may keep of an answer, and whether the client already has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class CacheTags(StrEnum):
    """The header in which a CDN wants the keys that an answer can be purged by."""

    OFF = "off"
    SURROGATE_KEY = "surrogate-key"
    CACHE_TAG = "cache-tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """The Cache-Control of pages and of files, and what else answers vary on."""

    pages: str
    files: str
    vary: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    """The header with the keys that the answer can be purged by, if there is one."""


# S46, S49, S50: pages are asked for again each time (a 304 costs nothing), files never change.
# Never `no-store`: with it pip and uv have nothing to compare. A client may keep the file that it
# has; a cache that others share must ask each time, because the file may be held by then (law 4).
PUBLIC = Caching(
    pages="max-age=0, must-revalidate",
    files="public, max-age=365000000, s-maxage=0, immutable",
    vary=(),
)
PRIVATE = Caching(
    pages="private, max-age=0",
    files="private, max-age=365000000, immutable",
    vary=("Authorization",),
)

SEPARATORS = {CacheTags.SURROGATE_KEY: " ", CacheTags.CACHE_TAG: ","}

_TAG = re.compile(r'"[^"]*"')


def purgeable(caching: Caching, *keys: str, seconds: int, header: CacheTags) -> Caching:
    """The same for what is purged by these keys: shared caches may keep it for so long."""
    separator = SEPARATORS.get(header)
    return replace(
        caching,
        pages=f"max-age=0, s-maxage={seconds}, must-revalidate" if seconds else caching.pages,
        files=f"public, max-age=365000000, s-maxage={seconds}, immutable",
        tags={header: separator.join(keys)} if separator else {},
    )


def already_has(if_none_match: str | None, etag: str) -> bool:
    """Whether the client's copy, by its If-None-Match, is the one that *etag* names.

    RFC 9110 13.1.2: the comparison is weak, so `W/` does not matter; `*` is any copy.
    """
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
