"""Names that look like protected ones."""

from moderation.rules.facts import Noticed, Signal, Upload
from moderation.rules.protected import is_slip

VERSION = 1
ALIKE, SLIP, EDITED, SWAPPED, AFFIXED = 80, 70, 55, 50, 40


def look_alike(upload: Upload) -> Noticed:
    """A new project whose name can be taken for a protected one.

    Fires for other separators and characters that look the same (`requ3sts`), for one edit
    (`reqeusts`), for the words in another order and for an added word (`python-requests`).
    A name that is protected itself does not, nor one that only begins alike (`requestor`).
    """
    name, protected = upload.project, upload.protected
    if not upload.is_new_project or name in protected:
        return
    if (other := protected.alike(name)) is not None:
        yield _signal(upload, ALIKE, other, "reads like")
    elif (other := protected.edited(name)) is not None:
        score = SLIP if is_slip(name.replace("-", ""), other.replace("-", "")) else EDITED
        yield _signal(upload, score, other, "is one edit away from")
    elif (other := protected.swapped(name)) is not None:
        yield _signal(upload, SWAPPED, other, "has the words of")
    elif (other := protected.affixed(name)) is not None:
        yield _signal(upload, AFFIXED, other, "only adds a word to")


def _signal(upload: Upload, score: int, other: str, how: str) -> Signal:
    why = f"The name {upload.project[:100]} {how} the protected name {other}."
    return upload.named("look-alike", VERSION, score, why)
