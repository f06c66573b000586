"""Protected names, laid out so that a name like one of them is found without looking at all."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

SHORTEST_EDITED = 5
"""Shorter names are one edit away from too much that is honest."""

LONGEST = 255

AFFIXES = frozenset(
    {"api", "app", "async", "cli", "client", "core", "dev", "js", "lib", "libs", "new", "next"}
    | {"official", "plus", "pro", "py", "python", "python2", "python3", "sdk", "test", "tool"}
    | {"tools", "util", "utils", "2", "3", "v2"}
)
"""Words that are put before or behind a name to make another that sounds like it."""

GLUED = ("python3", "python", "py", "lib", "js", "2", "3")
"""Those that are also glued to it."""

_ALIKE = str.maketrans("013458i", "oleasbl")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> Iterator[tuple[str, str]]:
    for row in _ROWS:
        yield from pairwise(row)
    for upper, lower in pairwise(_ROWS):
        yield from zip(upper, lower, strict=False)
        yield from zip(upper[1:], lower, strict=False)


NEIGHBOURS = frozenset(frozenset(pair) for pair in _neighbours())
"""Keys that lie beside each other."""


class Protected:
    """Names that others must not be taken for. Built once; asking costs a few look-ups."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._alike: dict[str, str] = {}
        self._words: dict[tuple[str, ...], str] = {}
        self._shortened: dict[str, set[str]] = {}
        for name in names:
            self._add(re.sub(r"[-_.]+", "-", name.strip().lower())[:LONGEST])

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def alike(self, name: str) -> str | None:
        """The protected name that reads the same: other separators, 0 for o, rn for m."""
        return self._alike.get(_read(name))

    def swapped(self, name: str) -> str | None:
        """The protected name of the same words in another order."""
        words = tuple(sorted(name.split("-")))
        return self._words.get(words) if len(words) > 1 else None

    def edited(self, name: str) -> str | None:
        """A protected name that is one edit away: a character more, less, other, or two swapped."""
        compact = name.replace("-", "")
        found: set[str] = set()
        for variant in _shorter(compact):
            found |= self._shortened.get(variant, set())
        near = [each for each in sorted(found) if is_one_edit(compact, each.replace("-", ""))]
        return near[0] if near else None

    def affixed(self, name: str) -> str | None:
        """The protected name that this one only adds a word to."""
        for rest in _without_affix(name):
            if rest in self._names:
                return rest
        return None

    def _add(self, name: str) -> None:
        if not name or name in self._names:
            return
        self._names.add(name)
        self._alike.setdefault(_read(name), name)
        self._words.setdefault(tuple(sorted(name.split("-"))), name)
        compact = name.replace("-", "")
        if len(compact) >= SHORTEST_EDITED:
            for variant in _shorter(compact):
                self._shortened.setdefault(variant, set()).add(name)


def is_one_edit(one: str, other: str) -> bool:
    """Whether one becomes the other by a character more, less or other, or by two swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True
    if len(one) == len(other):
        swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return one[at + 1 :] == other[at + 1 :] or swapped
    short, long = sorted((one, other), key=len)
    return short[at:] == long[at + 1 :]


def is_slip(one: str, other: str) -> bool:
    """Whether the edit is one that fingers make: a neighbour on the keyboard, or two swapped."""
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 2 or frozenset(differing[0]) in NEIGHBOURS


def _read(name: str) -> str:
    """What the eye reads: no separators, and one character for those that look the same."""
    text = name.replace("-", "").translate(_ALIKE)
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text


def _shorter(compact: str) -> Iterator[str]:
    """The name and every one that it becomes when a character is left out."""
    yield compact
    for at in range(min(len(compact), LONGEST)):
        yield compact[:at] + compact[at + 1 :]


def _without_affix(name: str) -> Iterator[str]:
    first, _, behind = name.partition("-")
    before, _, last = name.rpartition("-")
    if behind and first in AFFIXES:
        yield behind
    if before and last in AFFIXES:
        yield before
    for glued in GLUED:
        if name.startswith(glued):
            yield name.removeprefix(glued).removeprefix("-")
        if name.endswith(glued):
            yield name.removesuffix(glued).removesuffix("-")
