"""A web page of any origin may read the index."""

from index import cors
from tests.kit.asgi import Sent, sent


def test_a_browser_that_asks_first_may_read_for_a_day():
    assert sent(cors.preflight()) == Sent(
        204,
        {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "X-PyPI-Last-Serial",
            "access-control-allow-methods": "GET",
            "access-control-allow-headers": "Content-Type, If-Match, If-Modified-Since, "
            "If-None-Match, If-Unmodified-Since",
            "access-control-max-age": "86400",
        },
        b"",
    )
