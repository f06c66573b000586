"""The digests that a client gives with a file."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence

from storage.problems import Invalid

HEX_CHARACTERS = {"md5": 32, "sha256": 64, "blake2_256": 64}
_HEX = re.compile(r"[0-9a-fA-F]+\Z")


def parse(said: Mapping[str, Sequence[str]], complaints: list[str]) -> dict[str, str]:
    """The digests among the form fields, in lower-case hex by algorithm.

    Complains of each that is malformed, and if there is none at all (STANDARDS.md U9).
    """
    given: dict[str, str] = {}
    named = {algorithm: f"{algorithm}_digest" for algorithm in HEX_CHARACTERS}
    for algorithm, key in named.items():
        for text in said.get(key, ()):
            digest = _hex(algorithm, text)
            if digest is None:
                complaints.append(f"The {key} is not {HEX_CHARACTERS[algorithm]} hex digits.")
            elif given.setdefault(algorithm, digest) != digest:
                complaints.append(f"The form has two different values for {key}.")
    if not any(key in said for key in named.values()):
        complaints.append(
            f"The form has no digest: send at least one of {', '.join(named.values())}."
        )
    return given


def check(given: Mapping[str, str], came: Mapping[str, str]) -> None:
    """Invalid, naming each digest in *given* that is not the one in *came*."""
    wrong = [
        f"The {algorithm} digest of the file is {came[algorithm]}, not {digest} as the form says."
        for algorithm, digest in given.items()
        if not hmac.compare_digest(digest, came[algorithm])
    ]
    if wrong:
        raise Invalid(" ".join(wrong), hint="The file changed on the way; upload it again.")


def _hex(algorithm: str, text: str) -> str | None:
    length = HEX_CHARACTERS[algorithm]
    if len(text) == length and _HEX.match(text):
        return text.lower()
    if algorithm == "md5":  # The documentation of the protocol says urlsafe-base64.
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        return raw.hex() if len(raw) == length // 2 else None
    return None
