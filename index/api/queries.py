"""What stands after the question mark."""

from starlette.requests import Request

from storage.problems import Unprocessable

NUMBER_DIGITS = 18
"""What fits into a row. Python refuses to read numbers of thousands of digits."""


def number(request: Request, key: str) -> int | None:
    """The whole number that *key* has; None if it is not there. Raises Unprocessable."""
    text = request.query_params.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Unprocessable(f"{key} is a number.")
    return int(text)
