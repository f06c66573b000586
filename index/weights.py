"""The weighted lists of HTTP (`name;q=0.5, …`), read leniently and with bounded work."""

import re

ITEMS_READ = 32
"""How many items of a list count. The longest that a real client sends has fewer than ten."""

# RFC 9110 12.4.2: at most three digits, from 0 to 1.
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_TCHARS = r"[!#$%&'*+.^_`|~0-9a-z-]+"
_NAME = re.compile(rf"{_TCHARS}(?:/{_TCHARS})?")


def weights(header: str) -> dict[str, float]:
    """Each well-formed name of the list, in lower case, with its weight.

    Malformed items are ignored (S11) and so are parameters other than `q`. Order has no meaning:
    of a name that stands twice, the higher weight counts.
    """
    found: dict[str, float] = {}
    for item in header.lower().split(",", ITEMS_READ)[:ITEMS_READ]:
        name, *parameters = (part.strip(" \t") for part in item.split(";"))
        weight = _weight(parameters)
        if weight is not None and _NAME.fullmatch(name):
            found[name] = max(weight, found.get(name, 0.0))
    return found


def _weight(parameters: list[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.rstrip() == "q":
            return float(value) if _WEIGHT.fullmatch(value) else None
    return 1.0
