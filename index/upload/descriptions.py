"""Descriptions: whether they render as what they are declared to be."""

import os
import subprocess
import sys
from collections.abc import Iterator

from index.upload import rendering
from index.upload.policy import Limits, Policy

RST = "text/x-rst"
_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT")
"""All that Python may need to start. Nothing secret goes to where hostile text is read."""


def check(text: str, content_type: str | None, *, policy: Policy, limits: Limits) -> Iterator[str]:
    """A complaint if *text* does not render (UPLOADS.md 30).

    Plain text and Markdown always do. Without a content type nothing is declared: a reader falls
    back to plain text, and only the public index insists on reStructuredText.
    """
    declared = (content_type or "").partition(";")[0].strip().lower()
    if not text.strip() or (declared != RST and (declared or policy is Policy.PRIVATE)):
        return
    renders = _renders(text, limits.rendering_seconds)
    if renders is None:
        yield f"The Description takes more than {limits.rendering_seconds:g} seconds to render."
    elif not renders:
        what = "as declared; try `twine check`" if declared else "the default; declare what it is"
        yield f"The Description does not render as {RST}, {what}."


def _renders(text: str, seconds: float) -> bool | None:
    """Whether the text is valid reStructuredText; None if it cannot be told in time."""
    try:
        done = subprocess.run(  # noqa: S603  # Our own script; the text goes in as bytes.
            [sys.executable, "-I", rendering.__file__],
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode == 0
