"""A bar on the terminal while something takes long, and nothing in a pipe."""

import sys
from collections.abc import Iterable
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def progress(each: Iterable[T], words: str, *, total: int) -> Iterable[T]:
    """The same, with a bar that says how many of *total* are done."""
    if not sys.stderr.isatty():
        return each
    return track(each, words, total=total, console=Console(stderr=True), transient=True)
