"""PEP 503, the simple repository API: pages of links."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.simple import document, page
from storage.records import Listed
from tests.kit.listings import a_file, a_listing, digest, offered
from tests.kit.pages import Link, read

HATCH = re.compile(r"<a [^>]+>([^<]+)</a>")
"""How hatch reads a page (S21)."""


def project_page(*files, **changes):
    return page.project(document.project(a_listing(*files, **changes), files_url="/packages/"))


def test_a_project_page_is_spelled_exactly_so():
    file = a_file(requires_python=">=3.9,<4", yanked="")

    assert project_page(file) == (
        "<!DOCTYPE html>\n"
        "<html>\n"
        "  <head>\n"
        '    <meta name="pypi:repository-version" content="1.4">\n'
        '    <meta name="pypi:project-status" content="active">\n'
        "    <title>Links for toasting</title>\n"
        "  </head>\n"
        "  <body>\n"
        "    <h1>Links for toasting</h1>\n"
        f'    <a href="/packages/{file.sha256}/toasting-1.0-py3-none-any.whl'
        f'#sha256={file.sha256}" data-requires-python="&gt;=3.9,&lt;4" '
        f'data-dist-info-metadata="sha256={file.core_metadata}" '
        f'data-core-metadata="sha256={file.core_metadata}" data-yanked="">'
        "toasting-1.0-py3-none-any.whl</a><br />\n"
        "  </body>\n"
        "</html>\n"
    )


def test_the_root_has_a_single_anchor_element_per_project():
    listed = [Listed(name="frob", serial=3), Listed(name="spam-eggs", serial=2)]

    shown = page.projects(document.projects(listed, serial=7))

    assert read(shown).links == [
        Link("frob", {"href": "frob/"}),
        Link("spam-eggs", {"href": "spam-eggs/"}),
    ]
    assert shown.endswith("<!--SERIAL 7-->\n")


@pytest.mark.parametrize(
    ("filename", "path"),
    [
        ("toasting-1.0.tar.gz", "toasting-1.0.tar.gz"),
        ("toasting-1.0+cu12.1-py3-none-any.whl", "toasting-1.0%2Bcu12.1-py3-none-any.whl"),
        ("toasting-1!2.0.tar.gz", "toasting-1%212.0.tar.gz"),
    ],
)
def test_the_text_of_the_anchor_tag_matches_the_final_path_component(filename, path):
    (link,) = read(project_page(a_file(filename))).links

    assert link.text == filename
    assert link.attributes["href"] == (
        f"/packages/{digest(filename)}/{path}#sha256={digest(filename)}"
    )


def test_without_requires_python_there_is_no_such_attribute():
    file = a_file(requires_python=None, core_metadata=None)

    (link,) = read(project_page(file)).links

    assert list(link.attributes) == ["href"]


hostile = st.text(min_size=1) | st.sampled_from(
    ['"><script>alert(1)</script>', "a'b\"c&d<e>f", ">=3\n<4", "\r\n", "&gt;", "</a>", "-->"]
)


@given(hostile.filter(lambda text: "\x00" not in text), hostile)
def test_what_an_uploader_wrote_never_becomes_markup(requires_python, reason):
    file = a_file(requires_python=requires_python, yanked=reason)

    shown = project_page(file, status_reason=reason)

    (line,) = [line for line in re.split(r"[\n\r]", shown) if "<a" in line]
    assert re.fullmatch(r' {4}<a( [a-z-]+="[^"<>\n]*")+>[^<>\n]+</a><br />', line)
    assert HATCH.findall(shown) == [file.filename]
    (link,) = read(shown).links
    assert link.attributes["data-requires-python"] == _readable(requires_python)
    assert read(shown).metas["pypi:project-status-reason"] == _readable(reason)


def _readable(text):
    """Controls have no spelling in HTML."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", text)


def test_html_has_what_json_has():
    plain = a_file("toasting-1.0.tar.gz", requires_python=None, core_metadata=None)
    yanked = offered(
        a_file(yanked='Broke "everything" & more'), provenance="https://here.test/p?a=1&b=2"
    )
    content = document.project(a_listing(plain, yanked), files_url="../../packages/")

    links = read(page.project(content)).links

    assert [
        {
            "filename": link.text,
            "url": link.attributes["href"].partition("#")[0],
            "hashes": dict([link.attributes["href"].partition("#")[2].split("=")]),
            **{key: link.attributes.get(f"data-{key}") for key in ("yanked", "provenance")},
            **{key: link.attributes.get(f"data-{key}") for key in ("requires-python",)},
        }
        for link in links
    ] == [
        {
            key: file.get(key)
            for key in ("filename", "url", "hashes", "yanked", "provenance", "requires-python")
        }
        for file in content["files"]
    ]


def test_a_name_that_is_no_valid_name_is_escaped_all_the_same():
    shown = page.projects(document.projects([Listed(name='"><b>', serial=1)], serial=1))

    assert read(shown).links == [Link('"><b>', {"href": '"><b>/'})]
    assert "<b>" not in shown
    assert '"><b>' in unescape(shown)
