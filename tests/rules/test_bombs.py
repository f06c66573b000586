"""Bombs: an archive may unpack to so much, and past a size to so many times its own."""

import io

import pytest

from index.upload.archives import bombs, zips
from index.upload.policy import MIB, Limits
from storage.problems import Invalid
from tests.kit.inspecting import refused_zip
from tests.kit.odd_zips import DEFLATED, Part, an_odd_zip

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


def test_a_declared_bomb_is_refused_before_anything_is_unpacked():
    size = {"size_bytes": 65 * MIB}
    bomb = an_odd_zip([Part(method=DEFLATED, local=size, central=size)])

    with pytest.raises(Invalid) as caught:
        zips.members(io.BytesIO(bomb), limits=Limits())

    assert caught.value.message == "The archive unpacks to more than 50 times its size."


def test_a_bomb_that_declares_little_is_not_unpacked_further_than_it_declares():
    bomb = an_odd_zip(
        [
            Part(
                method=DEFLATED,
                content=b"\0" * 64 * MIB,
                local={"size_bytes": 10},
                central={"size_bytes": 10},
            )
        ]
    )
    archive = io.BytesIO(bomb)
    [member] = zips.members(archive, limits=Limits())

    came = []
    with pytest.raises(Invalid, match="does not have the size it declares"):
        came.extend(zips.pieces(archive, member))

    assert came == []


def test_members_that_share_their_bytes_are_refused():
    kernel = Part(name=b"b.txt", method=DEFLATED, content=b"\0" * MIB)
    overlapping = an_odd_zip([Part(name=b"a.txt", listed=False), kernel, kernel])

    assert refused_zip(overlapping) == "there are bytes before, between or under its members."
