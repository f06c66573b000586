"""Numbers in addresses and bodies: of decisions, holds, cases and the like."""

from starlette.requests import Request

from storage.problems import NotFound, Unprocessable

LARGEST_NUMBER = (1 << 63) - 1
"""What fits into a row."""

NUMBER_DIGITS = 18
"""Of a number in an address: Python reads it, and it fits into a row."""


def number_in_path(request: Request, what: str) -> int:
    """The `{id}` of the path. Raises NotFound, saying *what* there is none of."""
    text = request.path_params["id"]
    # Python refuses to read numbers of thousands of digits, and the database larger ones than its.
    if not _is_number(text):
        raise NotFound(f"There is no {what} {text[:50]}.")
    return int(text)


def number_in_query(request: Request, key: str) -> int | None:
    """The number that the query has for *key*, if any. Raises Unprocessable for other text."""
    text = request.query_params.get(key)
    if text is None:
        return None
    if not _is_number(text):
        raise Unprocessable(f"{key} is a number.")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS
