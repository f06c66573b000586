"""Numbers in paths and bodies: of decisions, holds, cases and the like."""

from starlette.requests import Request

from storage.problems import NotFound

LARGEST_NUMBER = (1 << 63) - 1
NUMBER_DIGITS = 18
"""What fits into a row."""


def number_in_path(request: Request, what: str) -> int:
    """The `{id}` of the path. Raises NotFound, saying *what* there is none of."""
    text = request.path_params["id"]
    # Python refuses to read numbers of thousands of digits, and the database larger ones than its.
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise NotFound(f"There is no {what} {text[:50]}.")
    return int(text)
