"""The list of projects in blocks: a change makes anew only the blocks that it is in."""

import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import msgspec

from index.simple import document, page
from index.simple.pieces import deflated
from storage.listed import Line
from storage.records import Listed

PROJECTS_PER_BLOCK = 512
"""How many a block has on average: to make one anew takes a few milliseconds. A power of two."""

PAUSE_SECONDS = 0.0001
"""How long to step back between two blocks. Shorter, and nobody else gets Python's lock."""

Entry = dict[str, Any]
"""A project as the list has it in JSON."""


# No slots: what `cached_property` made stays in `__dict__`, for as long as the block does.
@dataclass(frozen=True, kw_only=True)
class Block:
    """Some projects that follow one another in the list, as the bytes they are in it."""

    first: str
    size: int
    json: bytes
    """Without the brackets around it."""

    @cached_property
    def html(self) -> bytes:
        """The links."""
        _step_back()
        return "".join(page.project_links(each["name"] for each in self.entries())).encode()

    @cached_property
    def json_deflated(self) -> bytes:
        """The JSON, as a part of a compressed body."""
        return deflated(self.json)

    @cached_property
    def html_deflated(self) -> bytes:
        """The links, as a part of a compressed body."""
        return deflated(self.html)

    def entries(self) -> list[Entry]:
        """What it was made of."""
        found: list[Entry] = msgspec.json.decode(b"[%b]" % self.json)
        return found


def blocks_of(listed: Iterable[Listed]) -> Iterator[Block]:
    """All of the list, which comes in its order."""
    return map(_block, _cut(document.project_listed(each.name, each.serial) for each in listed))


def changed(blocks: Sequence[Block], lines: Iterable[Line]) -> list[Block]:
    """The blocks of the list in which these projects are as they are now."""
    firsts = [block.first for block in blocks]
    changes: dict[int, list[Line]] = {}
    for line in lines:
        changes.setdefault(max(0, bisect_right(firsts, line.name) - 1), []).append(line)
    if not changes:
        return list(blocks)
    found: list[Block] = []
    for at, block in enumerate(blocks or [_NONE]):
        if at not in changes:
            found.append(block)
            continue
        entries = _entries(block, changes[at])
        # Its first project may be gone: the rest then belongs to the block before it.
        if found and entries and not _begins_block(entries[0]):
            entries = found.pop().entries() + entries
        found += map(_block, _cut(entries))
    return found


def _entries(block: Block, lines: Iterable[Line]) -> list[Entry]:
    left = {each["name"]: each for each in block.entries()}
    for line in lines:
        if line.shown:
            left[line.name] = document.project_listed(line.name, line.serial)
        else:
            left.pop(line.name, None)
    return [left[name] for name in sorted(left)]


def _cut(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries of each block."""
    block: list[Entry] = []
    for each in entries:
        if block and _begins_block(each):
            yield block
            block = []
        block.append(each)
    if block:
        yield block


def _begins_block(entry: Entry) -> bool:
    # By the name alone, so that equal lists have equal blocks, and equal bytes in every coding,
    # however they came about.
    return crc32(entry["name"].encode()) % PROJECTS_PER_BLOCK == 0


def _block(entries: list[Entry]) -> Block:
    _step_back()
    return Block(
        first=entries[0]["name"], size=len(entries), json=msgspec.json.encode(entries)[1:-1]
    )


def _step_back() -> None:
    time.sleep(PAUSE_SECONDS)


_NONE = Block(first="", size=0, json=b"")
