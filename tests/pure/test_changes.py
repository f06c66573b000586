"""Whoever follows the changes sees each of them once, in order."""

from hypothesis import given
from hypothesis import strategies as st

from index.feeds.changes import changes
from storage.records import Change
from tests.kit.listings import UPLOADED_AT


def a_change(serial, **more):
    return Change(serial=serial, at=UPLOADED_AT, event="file-added", project="toasting", **more)


def test_a_change_says_what_happened_and_leaves_out_what_it_is_not_about():
    upload = a_change(5, version="1.0", filename="toasting-1.0.tar.gz")

    assert changes([upload, a_change(6)], since=4, last_serial=8, more=False) == {
        "since": 4,
        "last_serial": 8,
        "events": [
            {
                "serial": 5,
                "at": "2026-11-25T08:30:00.123456Z",
                "event": "file-added",
                "project": "toasting",
                "version": "1.0",
                "filename": "toasting-1.0.tar.gz",
            },
            {
                "serial": 6,
                "at": "2026-11-25T08:30:00.123456Z",
                "event": "file-added",
                "project": "toasting",
            },
        ],
        "more": False,
    }


def test_nothing_new_still_says_how_far_the_index_is():
    assert changes([], since=8, last_serial=9, more=False) == {
        "since": 8,
        "last_serial": 9,
        "events": [],
        "more": False,
    }


@given(st.sets(st.integers(1, 60)), st.integers(1, 7))
def test_a_follower_that_asks_on_misses_nothing_and_sees_nothing_twice(serials, at_once):
    seen, since, more = [], 0, True

    while more:
        left = [a_change(serial) for serial in sorted(serials) if serial > since]
        more = len(left) > at_once
        reached = left[at_once - 1].serial if more else 60
        answer = changes(left[:at_once], since=since, last_serial=reached, more=more)
        seen += [event["serial"] for event in answer["events"]]
        since, more = answer["last_serial"], answer["more"]

    assert (seen, since) == (sorted(serials), 60)
