"""Bombs: archives that are small as they come and huge as they go."""

from index.upload.policy import Limits
from storage.problems import Invalid


def check(unpacked_bytes: int, archive_bytes: int, *, limits: Limits) -> None:
    """Invalid if an archive of that size may not hold that much (UPLOADS.md 26, U14)."""
    if unpacked_bytes > limits.unpacked_bytes:
        raise Invalid(
            f"The archive unpacks to more than {limits.unpacked_bytes:,} bytes.",
            hint="Put less into it.",
        )
    if unpacked_bytes <= limits.unpacked_ratio_from_bytes:
        return
    if unpacked_bytes > limits.unpacked_ratio * archive_bytes:
        raise Invalid(
            f"The archive unpacks to more than {limits.unpacked_ratio} times its size.",
            hint="Leave out files that are nothing but repetition.",
        )
