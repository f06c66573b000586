"""Index pages as a client reads them, by the parser of the standard library."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Link:
    """One anchor: what it says and every attribute it has."""

    text: str
    attributes: dict[str, str | None]


@dataclass
class Page:
    """What clients take from a page."""

    metas: dict[str, str | None] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)


def read(html: str) -> Page:
    """The page that *html* spells."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.page


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._in_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a":
            self._in_link = True
            self.page.links.append(Link("", said))
        if tag == "meta":
            self.page.metas[said["name"] or ""] = said["content"]

    def handle_endtag(self, tag: str) -> None:
        self._in_link = self._in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._in_link:
            self.page.links[-1].text += data
