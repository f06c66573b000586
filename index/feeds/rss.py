"""RSS for people and scanners: the newest projects, the newest releases, one project's releases."""

import re
from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from storage.records import Release

CONTENT_TYPE = "application/rss+xml;charset=utf-8"
ITEMS = 40
"""How many items a feed of the whole index has."""

# XML 1.0, production 2 (Char): everything else is not XML, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def projects(newest: Sequence[Release], *, site_url: str) -> bytes:
    """`/rss/packages.xml`: projects by their first release, the newest first (S59).

    *site_url* ends in a slash; links are below it.
    """
    items = (
        _item(f"{first.project} was added", _project_url(site_url, first), first)
        for first in newest
    )
    return _feed("Newest projects", "The projects that were added last.", site_url, items)


def updates(newest: Sequence[Release], *, site_url: str) -> bytes:
    """`/rss/updates.xml`: releases of all projects, the newest first (S59)."""
    items = (
        _item(f"{release.project} {release.version}", _release_url(site_url, release), release)
        for release in newest
    )
    return _feed("Newest releases", "What was released last.", site_url, items)


def releases(project: str, newest: Sequence[Release], *, site_url: str) -> bytes:
    """`/rss/project/{project}/releases.xml`: releases of one project, the newest first (S59)."""
    items = (_item(release.version, _release_url(site_url, release), release) for release in newest)
    return _feed(
        f"Releases of {project}",
        f"What was released last of {project}.",
        f"{site_url}project/{quote(project)}/",
        items,
    )


def _project_url(site_url: str, release: Release) -> str:
    return f"{site_url}project/{quote(release.project)}/"


def _release_url(site_url: str, release: Release) -> str:
    return f"{_project_url(site_url, release)}{quote(release.version, safe='')}/"


def _feed(title: str, description: str, link: str, items: Iterable[Element]) -> bytes:
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _add(channel, "title", title)
    _add(channel, "link", link)
    _add(channel, "description", description)
    _add(channel, "language", "en")
    channel.extend(items)
    written: bytes = tostring(rss, encoding="utf-8", xml_declaration=True)
    return written


def _item(title: str, link: str, release: Release) -> Element:
    item = Element("item")
    _add(item, "title", title)
    _add(item, "link", link)
    _add(item, "guid", link)
    _add(item, "description", release.metadata.get("summary") or "")
    _add(item, "pubDate", format_datetime(release.released_at))
    return item


def _add(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _NOT_XML.sub("", text)
