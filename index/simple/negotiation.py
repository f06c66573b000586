"""Which representation of an index page a client gets: JSON or HTML, and under which type."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from index.weights import weights
from storage.problems import NotAcceptable


class Representation(StrEnum):
    """The three content types of PEP 691; the last is "an alias" of the second."""

    JSON = "application/vnd.pypi.simple.v1+json"
    HTML = "application/vnd.pypi.simple.v1+html"
    TEXT_HTML = "text/html"

    @property
    def content_type(self) -> str:
        """The Content-Type to send: no parameter on JSON, no space before the semicolon (S10)."""
        return self.value if self is Representation.JSON else f"{self.value};charset=utf-8"


# PEP 691: "if the meta version `latest` is being used, the server MUST respond with the content
# type for the actual version", so `latest` is one more name of what we have.
_NAMES = {
    **{offer.value: offer for offer in Representation},
    "application/vnd.pypi.simple.latest+json": Representation.JSON,
    "application/vnd.pypi.simple.latest+html": Representation.HTML,
}
_RANGE = re.compile(r"\*/\*|[^*/]+/(?:\*|[^*/]+)")

# S12: what wins a tie, the last before the first. Browsers and hatch send `*/*` and read HTML.
_BY_NAME = (Representation.TEXT_HTML, Representation.HTML, Representation.JSON)
_BY_WILDCARD = (Representation.HTML, Representation.JSON, Representation.TEXT_HTML)


def choose(accept: str | None, *, format: str | None = None) -> Representation:
    """The representation to answer with, by `?format=` if given, else by Accept (S9-S14).

    Raises NotAcceptable, listing what there is, when the client accepts none of it.
    """
    if format is not None:
        # S14: a `+` that nobody encoded arrives as a space.
        named = _NAMES.get(format.replace(" ", "+").lower())
        if named is None:
            raise _not_acceptable(f"The format {format[:100]!r} is unknown here.")
        return named
    ranges = {name: q for name, q in weights(accept or "").items() if _RANGE.fullmatch(name)}
    # PEP 691: "treating the absence of an Accept header as Accept: */*".
    ranks = {offer: _rank(offer, ranges or {"*/*": 1.0}) for offer in Representation}
    best = max(ranks, key=ranks.__getitem__)
    if ranks[best][0] == 0:
        raise _not_acceptable("The request accepts none of the types there are.")
    return best


@lru_cache(maxsize=1024)
def representation_of(accept: bytes | None) -> Representation | None:
    """As *choose*, and None if none is acceptable."""
    try:
        return choose(accept.decode("latin-1") if accept is not None else None, format=None)
    except NotAcceptable:
        return None


def _rank(offer: Representation, ranges: Mapping[str, float]) -> tuple[float, bool, int]:
    """How much *offer* is wanted: its weight, then names before wildcards, then S12's order."""
    named = [ranges[name] for name, meant in _NAMES.items() if meant is offer and name in ranges]
    if named:
        return max(named), True, _BY_NAME.index(offer)
    kind = offer.value.partition("/")[0]
    weight = ranges.get(f"{kind}/*", ranges.get("*/*", 0.0))
    return weight, False, _BY_WILDCARD.index(offer)


def _not_acceptable(because: str) -> NotAcceptable:
    return NotAcceptable(
        f"{because} This page comes as {', '.join(Representation)}.",
        hint="Send one of these types in Accept, or no Accept at all.",
    )
