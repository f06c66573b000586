"""Blocks of the list: whatever changes, they are those of a list made from nothing."""

from itertools import count, islice
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from index.simple.blocks import PROJECTS_PER_BLOCK, blocks_of, changed
from storage.listed import Line
from storage.records import Listed

_names = [f"cake-{number}-and-tea" for number in range(20)]
_any = map("cake-{}".format, count())
_beginning = (name for name in _any if crc32(name.encode()) % PROJECTS_PER_BLOCK == 0)
NAMES = sorted([*_names, *islice(_beginning, 10), *(f"{name}-0" for name in _names)])
"""A fifth of them begin a block."""

LISTS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 99))


@settings(deadline=None)
@given(before=LISTS, after=LISTS)
def test_a_list_that_became_another_is_that_other(before: dict[str, int], after: dict[str, int]):
    lines = [
        Line(id=0, name=name, serial=after.get(name, 0), shown=name in after, until=None)
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    ]

    assert changed(blocks(before), lines) == blocks(after)


@settings(deadline=None)
@given(before=LISTS, name=st.sampled_from(NAMES))
def test_a_change_makes_two_blocks_anew_at_most(before: dict[str, int], name: str):
    old = blocks(before)

    new = changed(old, [Line(id=0, name=name, serial=100, shown=True, until=None)])

    assert len({id(block) for block in new} - {id(block) for block in old}) <= 2


def blocks(serials: dict[str, int]):
    """The blocks of a list, made from nothing."""
    return list(blocks_of(Listed(name=name, serial=serials[name]) for name in sorted(serials)))
