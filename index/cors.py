"""Leave for web pages of any origin to read the index (S52): micropip and JupyterLite do."""

from starlette.responses import Response

ANY_ORIGIN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "X-PyPI-Last-Serial",
}
"""For every answer of a read route. Nothing is allowed that a stranger could not do."""


def preflight() -> Response:
    """What a browser asks for with OPTIONS before it reads, good for a day."""
    return Response(
        status_code=204,
        headers={
            **ANY_ORIGIN,
            "access-control-allow-methods": "GET",
            "access-control-allow-headers": "Content-Type, If-Match, If-Modified-Since, "
            "If-None-Match, If-Unmodified-Since",
            "access-control-max-age": "86400",
        },
    )
