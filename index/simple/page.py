"""An index page as HTML (PEP 503), made from the JSON so that the two cannot drift apart."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

REPOSITORY_VERSION = "1.4"
"""PEP 792: "MUST define the pypi:repository-version as 1.4". HTML stays there for good (S17)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def project(document: Mapping[str, Any]) -> str:
    """The page of one project: a link per file, and its status (PEP 503, 592, 714, 792)."""
    status = document["project-status"]
    metas = {"pypi:project-status": status["status"]}
    if "reason" in status:
        metas["pypi:project-status-reason"] = status["reason"]
    links = (_anchor(file["filename"], _attributes(file)) for file in document["files"])
    return _page(f"Links for {document['name']}", metas, links)


def projects(document: Mapping[str, Any]) -> str:
    """The list of projects: a link per project.

    PEP 503: "The text of the anchor tag MUST be the name of the project". The href is relative
    and normalised because poetry takes it for the name (S18).
    """
    links = project_links(each["name"] for each in document["projects"])
    # The serial as mirrors look for it (S25).
    return _page("Simple index", {}, links) + f"<!--SERIAL {document['meta']['_last-serial']}-->\n"


def project_links(names: Iterable[str]) -> Iterator[str]:
    """The links of these projects in the list."""
    return (_anchor(name, {"href": f"{name}/"}) for name in names)


def _attributes(file: Mapping[str, Any]) -> dict[str, str]:
    # PEP 503: "The URL SHOULD include a hash in the form of a URL fragment with the following
    # syntax: #<hashname>=<hashvalue>".
    attributes = {"href": f"{file['url']}#sha256={file['hashes']['sha256']}"}
    if "requires-python" in file:
        attributes["data-requires-python"] = file["requires-python"]
    if "core-metadata" in file:
        digest = f"sha256={file['core-metadata']['sha256']}"
        # PEP 714: "MAY also be emitted using the data-dist-info-metadata, and if it does so it
        # MUST match the value of data-core-metadata." Clients of PEP 658 know only that name.
        attributes["data-dist-info-metadata"] = digest
        attributes["data-core-metadata"] = digest
    if "yanked" in file:
        # PEP 592: it "may have no value, or may have an arbitrary string as a value".
        attributes["data-yanked"] = "" if file["yanked"] is True else file["yanked"]
    if "provenance" in file:
        attributes["data-provenance"] = file["provenance"]
    return attributes


def _page(title: str, metas: Mapping[str, str], links: Iterator[str]) -> str:
    # PEP 629: "a meta tag on the responses of every successful request to a simple API page".
    metas = {"pypi:repository-version": REPOSITORY_VERSION, **metas}
    tags = "".join(
        f'    <meta name="{name}" content="{_escape(content)}">\n'
        for name, content in metas.items()
    )
    return (
        f"<!DOCTYPE html>\n<html>\n  <head>\n{tags}    <title>{_escape(title)}</title>\n"
        f"  </head>\n  <body>\n    <h1>{_escape(title)}</h1>\n{''.join(links)}  </body>\n</html>\n"
    )


def _anchor(text: str, attributes: Mapping[str, str]) -> str:
    # On one line, with nothing but the text inside: consumers read these with regexes (S22).
    pairs = "".join(f' {name}="{_escape(value)}"' for name, value in attributes.items())
    return f"    <a{pairs}>{_escape(text)}</a><br />\n"


def _escape(text: str) -> str:
    """The text as HTML, on one line; PEP 503: "< and > have to be HTML encoded" (S21)."""
    escaped = escape(text, quote=True)
    return escaped if escaped.isprintable() else _CONTROL.sub(_reference, escaped)


def _reference(control: re.Match[str]) -> str:
    # HTML has no way to write the other controls; a parser reads this one in place of NUL too.
    return f"&#{ord(control[0])};" if control[0] in "\t\n\r" else "\ufffd"
