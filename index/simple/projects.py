"""The list of projects at one moment, and the pages that show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter

from index.ready import Coding, digest
from index.simple import render
from index.simple.blocks import Block
from index.simple.negotiation import Representation
from index.simple.pieces import Body, around, deflated

CLOCK_STEP = timedelta(minutes=1)
"""How far clocks are set back from time to time, when they are corrected."""


# No slots: what `cached_property` made stays in `__dict__`.
@dataclass(frozen=True, kw_only=True)
class Page:
    """The list in one representation. See index.ready.Served."""

    content: Body
    content_type: str
    serial: int
    vary: tuple[str, ...] = ("Accept", "Accept-Encoding")

    def body(self, coding: Coding) -> bytes:
        """The bytes in this coding."""
        return self.content.coded(coding)

    def etag(self, coding: Coding) -> str:
        """The strong validator of these bytes in this coding and under this type (S48)."""
        return f'"{self._digest}-{coding}"'

    @cached_property
    def _digest(self) -> str:
        return digest(self.content.strides(), self.content_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How the list is written."""

    like: Representation
    ending: bytes
    """What comes after the projects."""
    between: bytes
    """What comes between two of them."""
    piece: Callable[[Block], bytes]
    deflated: Callable[[Block], bytes]


_JSON = _Form(
    like=Representation.JSON,
    ending=b"]}",
    between=b",",
    piece=attrgetter("json"),
    deflated=attrgetter("json_deflated"),
)
_HTML = _Form(
    like=Representation.HTML,
    ending=b"  </body>",
    between=b"",
    piece=attrgetter("html"),
    deflated=attrgetter("html_deflated"),
)


@dataclass(frozen=True, kw_only=True)
class Projects:
    """The list of projects."""

    as_of: int
    """The serial of the newest entry of the journal that concerns a project."""
    since: datetime
    """When it was read."""
    blocks: Sequence[Block]
    ends: Mapping[int, datetime]
    """The projects that may come or go when a hold ends, each with the next such end."""
    _pages: dict[Representation, Page] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def size(self) -> int:
        """How many projects are listed."""
        return sum(block.size for block in self.blocks)

    @cached_property
    def until(self) -> datetime | None:
        """When the list may become another without an entry in the journal."""
        return min(self.ends.values(), default=None)

    def lasts(self, at: datetime) -> bool:
        """Whether no hold has ended since, nor begun again because the clock was set back."""
        return self.since - CLOCK_STEP < at and (self.until is None or at < self.until)

    def page(self, representation: Representation) -> Page:
        """The list in this representation, byte for byte as `render.projects` makes it."""
        if representation not in self._pages:
            content = self._json if representation is Representation.JSON else self._html
            self._pages[representation] = Page(
                content=content, content_type=representation.content_type, serial=self.as_of
            )
        return self._pages[representation]

    @cached_property
    def _json(self) -> Body:
        return self._body(_JSON)

    @cached_property
    def _html(self) -> Body:
        return self._body(_HTML)

    def _body(self, form: _Form) -> Body:
        empty = render.projects([], form.like, serial=self.as_of).content
        cut = empty.index(form.ending)
        head, between, tail, blocks = empty[:cut], form.between, empty[cut:], self.blocks
        return Body(
            pieces=tuple(around(head, map(form.piece, blocks), tail, between=between)),
            deflate=lambda: around(
                deflated(head),
                map(form.deflated, blocks),
                deflated(tail),
                between=between and deflated(between),
            ),
        )
