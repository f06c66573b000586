"""Archives shown to the inspection as an upload would show them, without a server."""

import io

import pytest

from index.upload import form, inspection
from index.upload.archives import tars, zips
from index.upload.archives.tars import Tar
from index.upload.inspection import Contents
from index.upload.policy import Limits, Policy
from storage.problems import Invalid
from tests.kit.makers import Archive


def inspected(
    archive: Archive, *, policy: Policy = Policy.PRIVATE, limits: Limits | None = None, **lies: str
) -> Contents:
    """What the inspection finds. *lies* replace fields of the form that comes with the file."""
    return inspection.inspect(
        io.BytesIO(archive.content),
        filename=archive.filename,
        form=form.parse(archive.fields(**lies), policy=policy),
        policy=policy,
        limits=limits or Limits(),
    )


def refusal(
    archive: Archive, *, policy: Policy = Policy.PRIVATE, limits: Limits | None = None, **lies: str
) -> str:
    """The sentence with which the inspection refuses *archive*; a failure if it does not."""
    with pytest.raises(Invalid) as caught:
        inspected(archive, policy=policy, limits=limits, **lies)
    return caught.value.message


def unpacked(content: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    """Every member of the zip with its bytes, as we read it."""
    archive = io.BytesIO(content)
    return {
        member.name: b"".join(zips.pieces(archive, member))
        for member in zips.members(archive, limits=limits or Limits())
    }


def refused_zip(content: bytes, limits: Limits | None = None) -> str:
    """Why we do not read it; a failure if we do."""
    with pytest.raises(Invalid) as caught:
        unpacked(content, limits)
    return caught.value.message.removeprefix("The zip archive is not accepted: ")


def walked(content: bytes, *, wanted: str = "a/b.txt", limits: Limits | None = None) -> Tar:
    """What is in the .tar.gz, as we read it, and the content of one file."""
    return tars.read(
        io.BytesIO(content),
        wanted=wanted.__eq__,
        wanted_bytes=100,
        noted="a/setup.py".__eq__,
        limits=limits or Limits(),
    )


def refused_tar(content: bytes, *, limits: Limits | None = None) -> str:
    """Why we do not read it; a failure if we do."""
    with pytest.raises(Invalid) as caught:
        walked(content, limits=limits)
    return caught.value.message.removeprefix("The .tar.gz archive is not accepted: ")
