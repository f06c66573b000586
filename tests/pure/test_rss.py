"""The feeds are XML whatever uploaders write, and say what was released when."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from index.feeds import rss
from tests.kit.listings import a_release

SITE = "https://index.test/"
UPLOADED = "Wed, 25 Nov 2026 08:30:00 +0000"


def read(feed):
    """Title, link and description of the channel, then every item as a mapping."""
    channel = ElementTree.fromstring(feed).find("channel")
    items = [{tag.tag: tag.text for tag in item} for item in channel.findall("item")]
    return [channel.findtext(tag) for tag in ("title", "link", "description")], items


def test_the_newest_projects():
    about, items = read(
        rss.projects([a_release(summary="Toast, evenly."), a_release(project="a")], site_url=SITE)
    )

    assert about == ["Newest projects", SITE, "The projects that were added last."]
    assert items == [
        {
            "title": "toasting was added",
            "link": "https://index.test/project/toasting/",
            "guid": "https://index.test/project/toasting/",
            "description": "Toast, evenly.",
            "pubDate": UPLOADED,
        },
        {
            "title": "a was added",
            "link": "https://index.test/project/a/",
            "guid": "https://index.test/project/a/",
            "description": None,
            "pubDate": UPLOADED,
        },
    ]


def test_the_newest_releases():
    about, items = read(rss.updates([a_release("1!2.0+local")], site_url=SITE))

    assert about == ["Newest releases", SITE, "What was released last."]
    assert items == [
        {
            "title": "toasting 1!2.0+local",
            "link": "https://index.test/project/toasting/1%212.0%2Blocal/",
            "guid": "https://index.test/project/toasting/1%212.0%2Blocal/",
            "description": None,
            "pubDate": UPLOADED,
        }
    ]


def test_the_releases_of_one_project():
    about, items = read(
        rss.releases("toasting", [a_release("2.0"), a_release("1.0")], site_url=SITE)
    )

    assert about == [
        "Releases of toasting",
        "https://index.test/project/toasting/",
        "What was released last of toasting.",
    ]
    assert [(item["title"], item["link"]) for item in items] == [
        ("2.0", "https://index.test/project/toasting/2.0/"),
        ("1.0", "https://index.test/project/toasting/1.0/"),
    ]


def test_a_feed_of_nothing_is_a_feed():
    assert read(rss.updates([], site_url=SITE))[1] == []


def test_markup_is_text_and_controls_are_left_out():
    feed = rss.updates(
        [a_release(summary="]]><b>&\x00\x0b\x1b\ufffe\ud800 é\U0001f35e")], site_url=SITE
    )

    assert read(feed)[1][0]["description"] == "]]><b>& é\U0001f35e"


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_no_text_breaks_a_feed(summary):
    (item,) = read(rss.updates([a_release(summary=summary)], site_url=SITE))[1]

    kept = "".join(c for c in summary if c in "\t\n\r" or _is_xml(ord(c)))
    said = item["description"] or ""
    assert said == kept.replace("\r\n", "\n").replace("\r", "\n")


def _is_xml(point):
    return 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF
