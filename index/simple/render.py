"""An index page as ready bytes, in the representation that was negotiated."""

from collections.abc import Sequence

import msgspec

from index.ready import Ready
from index.simple import document, page
from index.simple.negotiation import Representation
from storage.records import Listed, Listing


def project(listing: Listing, representation: Representation, *, files_url: str) -> Ready:
    """The page of one project; *files_url* as in `document.project`."""
    content = document.project(listing, files_url=files_url)
    if representation is Representation.JSON:
        return _ready(msgspec.json.encode(content), representation, listing.serial)
    return _ready(page.project(content).encode(), representation, listing.serial)


def projects(listed: Sequence[Listed], representation: Representation, *, serial: int) -> Ready:
    """The list of projects; *serial* as in `document.projects`."""
    content = document.projects(listed, serial=serial)
    if representation is Representation.JSON:
        return _ready(msgspec.json.encode(content), representation, serial)
    return _ready(page.projects(content).encode(), representation, serial)


def _ready(content: bytes, representation: Representation, serial: int) -> Ready:
    return Ready(
        content=content,
        content_type=representation.content_type,
        vary=("Accept", "Accept-Encoding"),
        serial=serial,
    )
