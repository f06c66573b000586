"""Which bytes of a file a client asks for (RFC 9110 section 14, S39, S40)."""

import re

HEADER_READ = 200
"""A longer Range is ignored, like any that is malformed. No client comes near."""

# ABNF of RFC 9110 14.1.2: int-range = first-pos "-" [ last-pos ], suffix-range = "-" suffix-length.
_ONE_RANGE = re.compile(r"bytes=[, \t]*([0-9]*)-([0-9]*)[, \t]*", re.IGNORECASE)


def requested(
    range_header: str | None, if_range: str | None, *, etag: str, size_bytes: int
) -> range | None:
    """The bytes to send of a file with *size_bytes*: an ordinary `range` of positions.

    None means the whole file: nothing was asked for, what was asked makes no sense, it was more
    than one range, or If-Range names another file. An empty range means that no such bytes exist.
    """
    if range_header is None or len(range_header) > HEADER_READ:
        return None
    # RFC 9110 13.1.5: the comparison is strong; we send no dates, so a date never matches.
    if if_range is not None and if_range.strip() != etag:
        return None
    match = _ONE_RANGE.fullmatch(range_header.strip())
    return _positions(match[1], match[2], size_bytes) if match else None


def _positions(first: str, last: str, size_bytes: int) -> range | None:
    if first:
        stop = min(int(last) + 1, size_bytes) if last else size_bytes
        return range(int(first), stop) if not last or int(first) <= int(last) else None
    if not last or not size_bytes:
        return None
    # RFC 9110 14.1.2: "If the selected representation is shorter than the specified
    # suffix-length, the entire representation is used."
    return range(max(0, size_bytes - int(last)), size_bytes)
