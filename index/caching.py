"""What a cache may keep of an answer, and whether the client already has it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """The Cache-Control of pages and of files, and what else answers vary on."""

    pages: str
    files: str
    vary: tuple[str, ...]


# S46, S49, S50: pages are asked for again each time (a 304 costs nothing), files never change.
# Never `no-store`: with it pip and uv have nothing to compare.
PUBLIC = Caching(
    pages="max-age=0, must-revalidate",
    files="public, max-age=365000000, immutable",
    vary=(),
)
PRIVATE = Caching(
    pages="private, max-age=0",
    files="private, max-age=365000000, immutable",
    vary=("Authorization",),
)

_TAG = re.compile(r'"[^"]*"')


def already_has(if_none_match: str | None, etag: str) -> bool:
    """Whether the client's copy, by its If-None-Match, is the one that *etag* names.

    RFC 9110 13.1.2: the comparison is weak, so `W/` does not matter; `*` is any copy.
    """
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
