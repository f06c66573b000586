"""Which bytes a client gets when it asks for some."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.files.ranges import requested

ETAG = '"tag"'
WHOLE = None
NOTHING = range(0)


def asked(header, size_bytes=10, *, if_range=None):
    return requested(header, if_range, etag=ETAG, size_bytes=size_bytes)


@pytest.mark.parametrize(
    ("header", "bytes_sent"),
    [
        (None, WHOLE),
        ("bytes=0-", range(10)),
        ("bytes=0-0", range(1)),
        ("bytes=2-5", range(2, 6)),
        ("bytes=9-", range(9, 10)),
        ("bytes=5-500", range(5, 10)),
        ("bytes=0-99999999999999999999999999999999", range(10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-10", range(10)),
        ("bytes=-500", range(10)),
        ("BYTES=2-5", range(2, 6)),
        (" bytes= 2-5 ", range(2, 6)),
        ("bytes=2-5,", range(2, 6)),
        ("bytes=10-", NOTHING),
        ("bytes=10-12", NOTHING),
        ("bytes=-0", NOTHING),
        ("bytes=5-2", WHOLE),
        ("bytes=-", WHOLE),
        ("bytes=", WHOLE),
        ("bytes", WHOLE),
        ("", WHOLE),
        ("2-5", WHOLE),
        ("bytes=a-b", WHOLE),
        ("bytes=1.0-2", WHOLE),
        ("bytes=--5", WHOLE),
        ("bytes=+1-2", WHOLE),
        ("bytes=٢-٥", WHOLE),
        ("bytes=1 - 2", WHOLE),
        ("items=0-5", WHOLE),
        ("bytes=0-1,4-5", WHOLE),
        ("bytes=0-1,x", WHOLE),
    ],
)
def test_a_range_is_kept_cut_short_refused_or_ignored(header, bytes_sent):
    assert asked(header) == bytes_sent
    assert type(asked(header)) is type(bytes_sent)


@pytest.mark.parametrize(
    ("if_range", "bytes_sent"),
    [
        (None, range(2, 6)),
        (ETAG, range(2, 6)),
        (f" {ETAG} ", range(2, 6)),
        (f"W/{ETAG}", WHOLE),
        ('"other"', WHOLE),
        ("*", WHOLE),
        ("Wed, 25 Nov 2026 08:30:00 GMT", WHOLE),
        ("", WHOLE),
    ],
)
def test_a_client_resumes_only_the_file_it_began(if_range, bytes_sent):
    assert asked("bytes=2-5", if_range=if_range) == bytes_sent


def test_of_an_empty_file_no_byte_can_be_had():
    assert asked("bytes=0-", 0) == NOTHING
    assert asked("bytes=-5", 0) is WHOLE


def slow_and_plain(header, size_bytes):
    """RFC 9110 14.1.2 once more, one position at a time."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header, re.ASCII)
    if match is None or match[1] == match[2] == "":
        return WHOLE
    first, last = (int(each) if each else None for each in match.groups())
    if first is None:
        wanted = [at for at in range(size_bytes) if at >= size_bytes - last]
        return wanted if size_bytes else WHOLE
    if last is not None and last < first:
        return WHOLE
    return [at for at in range(size_bytes) if at >= first and (last is None or at <= last)]


numbers = st.integers(0, 30).map(str) | st.just("")


@given(
    st.tuples(numbers, numbers).map(lambda ends: f"bytes={ends[0]}-{ends[1]}")
    | st.lists(st.sampled_from(["bytes", "=", "-", "1", "20"])).map("".join),
    st.integers(0, 20),
)
def test_a_range_is_what_the_rfc_says(header, size_bytes):
    expected = slow_and_plain(header, size_bytes)

    sent = asked(header, size_bytes)

    assert (sent if sent is None else list(sent)) == expected


@given(st.text(), st.none() | st.text(), st.integers(0, 20))
def test_no_header_asks_for_what_is_not_there(header, if_range, size_bytes):
    sent = asked(header, size_bytes, if_range=if_range)

    assert sent is None or set(sent) <= set(range(size_bytes))


@pytest.mark.parametrize(
    "header",
    ["bytes=0-" + "9" * 100_000, "bytes=" + "," * 100_000 + "x", "bytes=" + "0-1," * 100_000],
    ids=["digits", "commas", "ranges"],
)
def test_a_hostile_range_is_ignored_at_once(header):
    began = time.perf_counter()

    assert asked(header) is WHOLE
    assert time.perf_counter() - began < 2
