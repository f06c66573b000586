"""The rules for core metadata, each a generator of complaints: the standard's, then our own."""

from collections.abc import Callable, Iterator

from packaging.metadata import InvalidMetadata, Metadata, RawMetadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from trove_classifiers import classifiers, deprecated_classifiers

from index.upload import contacts
from index.upload.complaints import quoted, shortened
from index.upload.core_fields import at_least, title

_DISTRIBUTIONS = ("requires_dist", "provides_dist", "obsoletes_dist")

Rule = Callable[[RawMetadata], Iterator[str]]


def fields_are_valid(raw: RawMetadata) -> Iterator[str]:
    """Each field is of its metadata version and has a value of its kind (the specification)."""
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        yield from sorted(map(_told, group.exceptions))
    except (ValueError, RecursionError):
        yield "The metadata has a number too long, or brackets too deep, for Python to read."


def license_is_said_once(raw: RawMetadata) -> Iterator[str]:
    """PEP 639: License-Expression replaces License."""
    if "license" in raw and "license_expression" in raw:
        yield "License-Expression is there, so License may not be."


def people_can_be_reached(raw: RawMetadata) -> Iterator[str]:
    """E-mail addresses are addresses."""
    yield from contacts.check_emails("Author-Email", raw.get("author_email", ""))
    yield from contacts.check_emails("Maintainer-Email", raw.get("maintainer_email", ""))


def pages_can_be_opened(raw: RawMetadata) -> Iterator[str]:
    """URLs are of the web, so that no page of ours links to a script."""
    if "home_page" in raw:
        yield from contacts.check_url("Home-Page", raw["home_page"])
    if "download_url" in raw:
        yield from contacts.check_url("Download-Url", raw["download_url"])
    yield from contacts.check_project_urls(raw.get("project_urls", {}))


def distributions_are_valid(raw: RawMetadata) -> Iterator[str]:
    """Provides-Dist and Obsoletes-Dist read like Requires-Dist, which `packaging` checks."""
    for field, text in _distributions(raw):
        if field != "requires_dist" and _requirement(text) is None:
            yield f"{title(field)}: {quoted(text)} is not valid."


def extras_are_normalized(raw: RawMetadata) -> Iterator[str]:
    """PEP 685: from metadata 2.3 on, extras are written in their normal form."""
    extras = raw.get("provides_extra", []) if at_least(raw, "2.3") else []
    for extra in sorted(set(extras)):
        if (normal := canonicalize_name(extra)) != extra:
            yield f"Provides-Extra: {quoted(extra)} should be {quoted(normal)}."


def imports_are_disjoint(raw: RawMetadata) -> Iterator[str]:
    """PEP 794: a name is an import name or a namespace, not both."""
    names = {name.partition(";")[0].strip() for name in raw.get("import_names", [])}
    namespaces = {name.partition(";")[0].strip() for name in raw.get("import_namespaces", [])}
    for name in sorted(names & namespaces):
        yield f"{quoted(name)} is an Import-Name and an Import-Namespace; it can be only one."


def references_are_to_the_index(raw: RawMetadata) -> Iterator[str]:
    """No dependency is a URL: what it holds may change or go away (UPLOADS.md 31)."""
    for field, text in _distributions(raw):
        requirement = _requirement(text)
        if requirement is not None and requirement.url is not None:
            yield f"{title(field)}: {quoted(text)} is a direct reference, not allowed here."


def classifiers_are_current(raw: RawMetadata) -> Iterator[str]:
    """Classifiers are of the common list, and none that was given up (UPLOADS.md 31)."""
    for classifier in sorted(set(raw.get("classifiers", []))):
        if (better := deprecated_classifiers.get(classifier)) is not None:
            instead = f"; use {' or '.join(map(quoted, better))}" if better else ""
            yield f"The classifier {quoted(classifier)} is deprecated{instead}."
        elif classifier not in classifiers:
            yield f"The classifier {quoted(classifier)} is unknown."


RULES: tuple[Rule, ...] = (
    fields_are_valid,
    license_is_said_once,
    people_can_be_reached,
    pages_can_be_opened,
    distributions_are_valid,
    extras_are_normalized,
    imports_are_disjoint,
)

PUBLIC_RULES: tuple[Rule, ...] = (references_are_to_the_index, classifiers_are_current)


def _told(error: Exception) -> str:
    field = error.field if isinstance(error, InvalidMetadata) else "metadata"
    return f"{title(field)}: {shortened(str(error)).rstrip('.')}."


def _distributions(raw: RawMetadata) -> Iterator[tuple[str, str]]:
    for field in _DISTRIBUTIONS:
        texts: list[str] = raw.get(field, [])  # type: ignore[assignment]
        for text in texts:
            yield field, text


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except (ValueError, RecursionError):
        return None
