"""What the description says of one operation, beyond what its route and its types say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index.api.bodies import Body
from index.api.numbers import NUMBER_DIGITS
from index.openapi.answers import Shape

Schema = Mapping[str, Any]

NUMBER: Schema = {"type": "integer", "minimum": 0, "maximum": 10**NUMBER_DIGITS - 1}
"""What numbers in addresses and queries may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One parameter of the query; none has to be given."""

    name: str
    schema: Schema
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path: what it takes, and each status that it may answer with.

    *refuses* are the statuses besides those that follow from the route and the body (see
    `refusals.of`). *example* is a body. *path* describes parameters that differ from the usual.
    """

    summary: str
    answers: Mapping[int, type[Shape]]
    body: type[Body] | None = None
    query: tuple[Query, ...] = ()
    refuses: tuple[int, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    path: Mapping[str, Schema] = field(default_factory=dict)


Operations = Mapping[tuple[str, str], Operation]
"""By method and path."""

BEFORE = Query(name="before", schema=NUMBER, meaning="Only what has a smaller number.")
DRY_RUN = Query(
    name="dry_run",
    schema={"enum": ["0", "1", "false", "true"], "default": "0"},
    meaning="With 1 nothing is done: the answer is what would be.",
)
