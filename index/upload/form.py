"""The text fields of an upload: what the client says of the file, before the file is believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import NormalizedName
from packaging.version import Version

from index.upload import digests
from index.upload.complaints import quoted, refusal
from index.upload.names import parse_name
from index.upload.policy import Policy
from storage.problems import Gone, Invalid
from storage.records import Blob

UPLOAD = "file_upload"
PROTOCOL = "1"
FILETYPES = ("sdist", "bdist_wheel")
ABSENT = "UNKNOWN"
NAME_CHARACTERS = 200
"""A name or a version; both have to fit into a file name, of 255 bytes."""
COMMENT_CHARACTERS = 10_000
_REPLACED = {
    "submit": "Projects are not announced any more: the first upload of a file makes the project.",
    "submit_pkg_info": "Metadata is not sent by itself any more: it is read from the files.",
    "doc_upload": "Documentation is not hosted here any more: host it elsewhere and link to it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a client says of a file. A hint: the archive is the truth (STANDARDS.md U11)."""

    project: NormalizedName
    spelled: str
    version: str
    filetype: str
    python_version: str
    """`source` for an sdist; for a wheel what the client said, which may be nothing."""
    comment: str
    digests: Mapping[str, str]
    """Lower-case hex by algorithm: `md5`, `sha256`, `blake2_256`; at least one."""
    attestations: bool
    requires_dist: tuple[str, ...]
    requires_python: str | None


def parse(fields: Sequence[tuple[str, str]], *, policy: Policy) -> Form:
    """The form that *fields* are, those of the query string among them.

    Raises Gone for the actions of the past and otherwise Invalid, with every complaint at once
    (UPLOADS.md 1, 2, 7-9, 12, 13; STANDARDS.md U1, U7-U9).
    """
    said = _present(fields)
    _check_protocol(said)
    complaints: list[str] = []
    spelled = _one(said, "name", complaints)
    project = _project(spelled, complaints)
    version = _version(_one(said, "version", complaints), policy, complaints)
    filetype = _filetype(_one(said, "filetype", complaints), complaints)
    comment = _first(said, "comment")
    if len(comment) > COMMENT_CHARACTERS:
        complaints.append(f"The comment is longer than {COMMENT_CHARACTERS:,} characters.")
    given = digests.parse(said, complaints)
    if complaints or project is None or version is None:
        raise refusal(complaints)
    return Form(
        project=project,
        spelled=spelled,
        version=version,
        filetype=filetype,
        python_version="source" if filetype == "sdist" else _first(said, "pyversion"),
        comment=comment,
        digests=given,
        attestations="attestations" in said,
        requires_dist=tuple(said.get("requires_dist", ())),
        requires_python=_first(said, "requires_python") or None,
    )


def check_digests(form: Form, blob: Blob) -> None:
    """Invalid if any digest that the client gave is not that of the bytes that came."""
    came = {"md5": blob.md5, "sha256": blob.sha256, "blake2_256": blob.blake2b_256}
    digests.check(form.digests, came)


def _present(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The fields that say something, without NULs."""
    said: dict[str, list[str]] = {}
    for key, value in fields:
        kept = value.replace("\0", "")
        if kept.strip() not in ("", ABSENT):
            said.setdefault(key.replace("\0", ""), []).append(kept)
    return said


def _check_protocol(said: Mapping[str, Sequence[str]]) -> None:
    actions = set(said.get(":action", ()))
    for action in sorted(actions & _REPLACED.keys()):
        raise Gone(_REPLACED[action])
    if actions != {UPLOAD}:
        raise Invalid(
            f"The :action of an upload is {UPLOAD}, not {quoted(', '.join(sorted(actions)))}."
            if actions
            else "The request does not say what to do: it has no :action.",
            hint=f"Send the field :action with the value {UPLOAD}.",
        )
    if set(said.get("protocol_version", [PROTOCOL])) != {PROTOCOL}:
        raise Invalid("Unknown protocol version.", hint=f"Send protocol_version={PROTOCOL}.")


def _one(said: Mapping[str, Sequence[str]], key: str, complaints: list[str]) -> str:
    """The value of a field that has to be there and may have one value only."""
    values = said.get(key, ())
    if not values:
        complaints.append(f"The form has no {key}.")
    elif len(set(values)) > 1:
        complaints.append(f"The form has two different values for {key}.")
    elif len(values[0]) > NAME_CHARACTERS:
        complaints.append(f"The {key} is longer than {NAME_CHARACTERS} characters.")
        return ""
    return _first(said, key)


def _first(said: Mapping[str, Sequence[str]], key: str) -> str:
    return next(iter(said.get(key, ())), "")


def _project(spelled: str, complaints: list[str]) -> NormalizedName | None:
    if spelled:
        try:
            return parse_name(spelled)
        except Invalid as problem:
            complaints.append(f"{problem.message} {problem.hint}")
    return None


def _version(text: str, policy: Policy, complaints: list[str]) -> str | None:
    if not text:
        return None
    try:
        version = Version(text)
    except ValueError:  # InvalidVersion is one, a number past Python's own limit another.
        version = None
    if version is None or text != text.strip():
        complaints.append(f"{quoted(text)} is not a valid version (PEP 440).")
        return None
    if version.local and policy is Policy.PUBLIC:
        complaints.append(f"{quoted(text)} is a local version, and those are not allowed here.")
    return str(version)


def _filetype(text: str, complaints: list[str]) -> str:
    if text and text not in FILETYPES:
        complaints.append(f"The filetype is {' or '.join(FILETYPES)}, not {quoted(text)}.")
    return text
