"""Renders the reStructuredText on its standard input, in a process that may be stopped.

Run by descriptions.py as a script of its own: docutils is slow on hostile text and cannot be
interrupted from within. It gets no secrets, may not read files, and has a limit of memory.
The exit code is 0 if the text renders.
"""

import sys

from readme_renderer import rst

if sys.platform != "win32":  # pragma: no branch  # Tests run where there are limits to set.
    import resource

MEMORY_BYTES = 1024 * 1024 * 1024


def main() -> int:  # pragma: no cover  # It runs in a process of its own.
    """0 if the text renders, 1 if it does not."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    return rst.render(sys.stdin.buffer.read().decode()) is None


if __name__ == "__main__":  # pragma: no cover
    sys.exit(main())
