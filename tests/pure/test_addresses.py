"""Where a request comes from: the rightmost hop that no trusted proxy has."""

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from index.auth.addresses import address

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("192.0.2.1")]


@pytest.mark.parametrize(
    ("here", "forwarded", "found"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.2,192.0.2.1"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9,, "], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "unknown"),
        ("10.0.0.1", ["nonsense, 203.0.113.9"], "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),
        ("fd00::1", ["2001:db8:1:3::9"], "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("a-socket", [], "a-socket"),
        (None, [], "unknown"),
    ],
    ids=str,
)
def test_the_address_is_the_rightmost_that_is_not_trusted(
    here: str | None, forwarded: list[str], found: str
):
    assert address(_request(here, forwarded), PROXIES) == found


def test_nobody_is_believed_unless_told_to():
    assert address(_request("10.0.0.1", ["203.0.113.9"]), []) == "10.0.0.1"


def _request(here: str | None, forwarded: list[str]) -> Request:
    return Request(
        {
            "type": "http",
            "client": (here, 50_000) if here else None,
            "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded],
        }
    )
