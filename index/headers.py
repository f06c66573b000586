"""The headers that every answer gets, whichever way it goes out."""

from collections.abc import Iterable, Iterator

from index.timestamps import utc
from storage.records import Admission, Mode

Headers = list[tuple[bytes, bytes]]

# An answer that needs more than nothing (a page of ours) brings a policy of its own.
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'"),
)


def with_ours(
    given: Iterable[tuple[bytes, bytes]], request_id: bytes, admission: Admission
) -> Headers:
    """The headers of an answer: those *given*, and ours where it has none of that name."""
    headers = [*given, (b"x-request-id", request_id), *mode(admission)]
    names = {name.lower() for name, _ in headers}
    return headers + [each for each in _SECURITY if each[0] not in names]


def mode(admission: Admission) -> Iterator[tuple[bytes, bytes]]:
    """What everybody is told while a mode other than open is in force."""
    if admission.mode is not Mode.OPEN:
        until = f'; until="{utc(admission.until_at)}"' if admission.until_at else ""
        yield b"bascule-mode", f"{admission.mode}{until}".encode()


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The headers as they are sent, each with its line's end."""
    return b"".join(b"%s: %s\r\n" % (name, value) for name, value in headers)
