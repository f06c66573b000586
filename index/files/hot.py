"""Files that are asked for often: what is known of them, and the bytes of those that are small."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.caching import Caching, already_has
from index.files import downloads
from index.prepared import Asked, Prepared, prepare
from storage.blobs import Blobs
from storage.problems import NotFound
from storage.records import Digest, Seen

HOT_BYTES = 256 * 1024
"""A file that is no larger is kept in memory once it has been asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotFile:
    """What a path under /packages/ gives, as it is kept."""

    seen: Seen
    digest: Digest
    file_bytes: int
    content: bytes | None
    file_id: int | None
    """The file whose download it is; None for what is beside it."""
    route: str
    caching: Caching
    answers: dict[bool, Prepared] = field(default_factory=dict, repr=False)

    @property
    def size_bytes(self) -> int:
        """How much memory it takes, by and large."""
        return len(self.content or b"") + 2048

    def prepared(self, asked: Asked) -> Prepared | None:
        """The answer, unless the bytes have to be fetched."""
        if self.content is None:
            return None
        has = asked.if_none_match is not None and already_has(
            asked.if_none_match.decode("latin-1"), f'"{self.digest}"'
        )
        if (found := self.answers.get(has)) is None:
            found = self.answers[has] = self._prepare(asked.as_headers(), self.content)
        return found

    def _prepare(self, headers: Mapping[str, str], content: bytes) -> Prepared:
        response = downloads.answer(
            headers,
            "GET",
            sha256=self.digest,
            size_bytes=self.file_bytes,
            caching=self.caching,
            content=content,
        )
        counts = self.file_id if response.status_code == 200 else None
        return prepare(response, route=self.route, counts=counts)


def small(blobs: Blobs, digest: Digest, size_bytes: int) -> bytes | None:
    """The bytes of a blob that is small and here: what is asked within a transaction is brief."""
    if size_bytes > HOT_BYTES or blobs.is_remote:
        return None
    try:
        with blobs.open(digest) as opened:
            content = opened.read(HOT_BYTES + 1)
    except NotFound:
        return None
    return content if len(content) == size_bytes else None
