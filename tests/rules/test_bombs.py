"""Bombs: an archive may unpack to so much, and past a size to so many times its own."""

import pytest

from index.upload.archives import bombs
from index.upload.policy import MIB, Limits
from storage.problems import Invalid

LIMITS = Limits(unpacked_bytes=1000, unpacked_ratio=5, unpacked_ratio_from_bytes=100)


@pytest.mark.parametrize(("unpacked", "packed"), [(0, 0), (100, 1), (101, 21), (1000, 200)])
def test_up_to_the_limits_an_archive_passes(unpacked, packed):
    bombs.check(unpacked, packed, limits=LIMITS)


@pytest.mark.parametrize(
    ("unpacked", "packed", "message"),
    [
        (1001, 1001, "The archive unpacks to more than 1,000 bytes."),
        (101, 20, "The archive unpacks to more than 5 times its size."),
        (501, 100, "The archive unpacks to more than 5 times its size."),
    ],
)
def test_past_the_limits_it_is_refused(unpacked, packed, message):
    with pytest.raises(Invalid) as caught:
        bombs.check(unpacked, packed, limits=LIMITS)

    assert caught.value.message == message


def test_500_times_is_no_harm_below_64_mib():
    bombs.check(64 * MIB, 64 * MIB // 500, limits=Limits())
