"""The inspection as a whole: whatever comes, it answers or refuses, and soon."""

import io
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from index.upload import form, inspection
from index.upload.inspection import Contents
from index.upload.policy import MIB, Limits, Policy
from storage.problems import Invalid
from tests.kit.makers import Archive, a_wheel, an_sdist

LIMITS = Limits(unpacked_bytes=4 * MIB, rendering_seconds=1)
ARCHIVES = [a_wheel(), a_wheel(files={"a.py": b"x" * 5000, "b/": b""}), an_sdist()]
FIELDS = """
    Metadata-Version Name Version Summary Description Description-Content-Type Keywords Author
    Author-Email Maintainer Maintainer-Email License License-Expression License-File Classifier
    Platform Supported-Platform Home-Page Download-URL Project-URL Requires-Python Requires-Dist
    Requires-External Provides-Dist Obsoletes-Dist Provides-Extra Dynamic Import-Name
    Import-Namespace Requires Provides Obsoletes Content-Type Content-Transfer-Encoding X-Other
"""
VALUES = """
    2.4 1.0 toasting MIT UNKNOWN text/plain text/markdown text/plain;x*=1 multipart/mixed base64
    ann@example.org Ann<ann@example.org> https://example.org =?utf-8?q?=E4?= a,https://b.org >=3.8
    butter>=1 butter[jam];os_name=='a' ((( a.b;private ../x (MIT) == ; \ud800 [::1] http://[ \x85
"""
FIELD = st.sampled_from(FIELDS.split())
VALUE = st.text(max_size=60) | st.sampled_from(VALUES.split(" "))
LINE = st.tuples(FIELD, VALUE).map(": ".join) | VALUE


def outcome(archive: Archive, policy: Policy) -> Contents | str:
    """What the inspection finds, or the sentence with which it refuses; nothing else may come."""
    said = form.parse(archive.fields(), policy=policy)
    try:
        return inspection.inspect(
            io.BytesIO(archive.content),
            filename=archive.filename,
            form=said,
            policy=policy,
            limits=LIMITS,
        )
    except Invalid as problem:
        return problem.message


def changed(archive: Archive, content: bytes) -> Archive:
    return Archive(
        filename=archive.filename,
        content=content,
        name=archive.name,
        version=archive.version,
        filetype=archive.filetype,
        python_version=archive.python_version,
    )


@given(st.sampled_from(ARCHIVES), st.data(), st.sampled_from(Policy))
def test_an_archive_with_changed_bytes_is_inspected_or_refused(archive, data, policy):
    content = bytearray(archive.content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["change", "cut", "double"])):
            case "change":
                content[at] = data.draw(st.integers(0, 255))
            case "cut" if len(content) > 1:
                del content[at : at + data.draw(st.integers(1, 40))]
            case _:
                content[at:at] = content[at : at + data.draw(st.integers(1, 40))]
        content = content or bytearray(b"x")

    assert outcome(changed(archive, bytes(content)), policy)


@given(st.sampled_from(ARCHIVES), st.binary(max_size=400), st.sampled_from(Policy))
def test_an_archive_of_any_bytes_is_refused(archive, content, policy):
    assert isinstance(outcome(changed(archive, content), policy), str)


@settings(deadline=timedelta(seconds=3))
@given(st.lists(LINE, max_size=8), st.text(max_size=60), st.sampled_from(["2.1", "2.4", "2.6"]))
def test_any_metadata_is_read_or_refused(lines, description, version):
    head = [f"Metadata-Version: {version}", "Name: toasting", "Version: 1.0"]
    text = "\n".join([*head, *lines, "", description])
    metadata = text.encode(errors="surrogatepass")

    assert outcome(a_wheel(metadata=metadata), Policy.PRIVATE)
    assert outcome(an_sdist(metadata=metadata), Policy.PRIVATE)


@given(
    st.binary(max_size=300), st.sampled_from(["METADATA", "WHEEL", "RECORD", "entry_points.txt"])
)
def test_any_bytes_in_the_files_that_are_read_are_read_or_refused(content, name):
    match name:
        case "METADATA":
            wheel = a_wheel(metadata=content)
        case "RECORD":
            wheel = a_wheel(record=content)
        case "WHEEL":
            wheel = a_wheel(wheel=content)
        case _:
            wheel = a_wheel(files={f"toasting-1.0.dist-info/{name}": content})

    assert outcome(wheel, Policy.PRIVATE)
