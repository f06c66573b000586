"""Rules for the values of metadata: each fires, and stays quiet on the near miss."""

import pytest

from index.upload.policy import Policy
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import a_wheel

CORRECT = """
Author-Email: ann@example.org
Author-Email: Ann <ann@example.org>
Author-Email: "Ann, of Toast" <ann@example.org>, bea@example.org
Author-Email: Toast, Inc. <ann@example.org>
Author-Email: Ann <ann@example.org>, Bea B. <bea@example.org>,c@example.org
Author-Email: Ann Ü (the baker) <ann@example.org>
Author-Email: ann@example.org (Ann)
Author-Email: <ann+toast@example.org>
Maintainer-Email: ann@sub.example.co.uk
Classifier: Typing :: Typed
Home-Page: https://example.org
Home-Page: http://example.org:8080/a?b=c&d=%41#e
Home-Page: https://[::1]/a
Download-URL: https://user@example.org/a_(b)~c
Project-URL: Docs, https://example.org
Project-URL: a, https://example.org
Project-URL: 12345678901234567890123456789012, https://example.org
Requires-Python: >=3.8,!=3.9.*,<4
Requires-Dist: butter[salted]>=1,<2; python_version >= "3.8" and extra == "jam"
Provides-Extra: jam
Provides-Extra: jam-2
Provides-Dist: butter
Obsoletes-Dist: butter (>1)
Dynamic: Requires-Dist
Dynamic: description
License-Expression: MIT
License-Expression: mit OR (Apache-2.0 WITH LLVM-exception AND LicenseRef-Toast)
Import-Name: toasting
Import-Name: toasting._secret ; private
Import-Name:
Import-Namespace: toasting
Description-Content-Type: text/plain
Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM
Description-Content-Type: text/markdown; variant=CommonMark
Description-Content-Type: text/x-rst; charset=utf-8
""".strip().splitlines()

WRONG = """
Author-Email: ann
Author-Email: ann@
Author-Email: @example.org
Author-Email: ann@localhost
Author-Email: ann@example
Author-Email: ann@exa mple.org
Author-Email: a b@example.org
Author-Email: Ann <ann>
Author-Email: Ann <>
Author-Email: Ann <ann@example.org
Author-Email: ann@example.org, bea
Author-Email: bea, ann@example.org
Author-Email: ann@example.org; bea@example.org
Author-Email: ann@@example.org
Author-Email: Ann <bad, Bea <bea@example.org>
Author-Email: bad, ,
Author-Email: javascript:alert(1)
Maintainer-Email: ann..b@example.org
Maintainer-Email: Ann <ann@example.org>, Bea <bea@>
Home-Page: example.org
Home-Page: www.example.org/a
Home-Page: javascript:alert(1)
Home-Page: data:text/html,x
Home-Page: ftp://example.org
Home-Page: ssh://git@example.org/a
Home-Page: git+https://example.org/a
Home-Page: https://
Home-Page: https:///a
Home-Page: https:example.org
Home-Page: //example.org
Home-Page: /a
Home-Page: https://example.org/a b
Home-Page: https://example.org/<b>
Home-Page: https://example.org/"b"
Home-Page: https://example.org/%4
Home-Page: https://example.org:port/
Home-Page: https://example.org:99999/
Home-Page: https://[::1
Home-Page: https://exa$mple.org
Home-Page: https://beispiel.org/ä
Download-URL: file:///etc/passwd
Project-URL: Docs, javascript:alert(1)
Project-URL: Docs,
Project-URL: Docs
Project-URL: https://example.org
Project-URL: , https://example.org
Project-URL: 123456789012345678901234567890123, https://example.org
Requires-Python: 3.8
Requires-Python: >=3.8;<4
Requires-Python: three
Requires-Dist: butter >= one
Requires-Dist: butter and jam
Requires-Dist: butter; python > 3
Requires-Dist: -butter
Requires-Dist:
Provides-Extra: jam!
Provides-Extra: Jam
Provides-Extra: jam_2
Provides-Extra: jam.2
Provides-Extra:
Provides-Dist: butter and jam
Obsoletes-Dist: -butter
Dynamic: Name
Dynamic: version
Dynamic: Metadata-Version
Dynamic: Toast
Dynamic:
License-Expression: Toast
License-Expression: MIT Apache-2.0
License-Expression: MIT OR
License-Expression: (MIT
License-Expression: LicenseRef-ä
License-File: ../LICENSE
License-File: /LICENSE
License-File: LICENSES/*
License-File: a\\LICENSE
Import-Name: toast-ing
Import-Name: toasting; public
Import-Name: class
Import-Namespace:
Import-Namespace: 1toast
Description-Content-Type: text/html
Description-Content-Type: text/markdown; variant=Toast
Description-Content-Type: text/markdown; charset=latin-1
Description-Content-Type: markdown
""".strip().splitlines()


def with_lines(*lines: str):
    return a_wheel(metadata_version="2.5", metadata_extra=lines)


@pytest.mark.parametrize("line", CORRECT)
def test_a_correct_value_passes_under_both_policies(line):
    for policy in Policy:
        assert inspected(with_lines(line), policy=policy).warnings == ()


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_value_is_refused_under_both_policies_and_named(line):
    field = "-".join(part.capitalize() for part in line.partition(":")[0].split("-"))

    for policy in Policy:
        message = refusal(with_lines(line), policy=policy)
        assert field in message.replace("Project-URL", "Project-Url")
        assert message.endswith(".")


@pytest.mark.parametrize("extra", ["Jam", "jam_2", "jam.2", "jam--2"])
def test_extras_may_be_spelled_freely_before_metadata_2_3(extra):
    wheel = a_wheel(metadata_version="2.2", metadata_extra=[f"Provides-Extra: {extra}"])

    assert inspected(wheel).metadata["provides_extra"] == [extra]


@pytest.mark.parametrize(
    "lines",
    [
        ["Import-Name: toast", "Import-Namespace: toast"],
        ["Import-Name: toast ; private", "Import-Namespace: toast"],
        ["Import-Name: a", "Import-Name: toast", "Import-Namespace: toast;private"],
    ],
)
def test_an_import_name_is_no_namespace_as_well(lines):
    assert refusal(with_lines(*lines)) == (
        "'toast' is an Import-Name and an Import-Namespace; it can be only one."
    )


def test_an_import_name_may_lie_in_a_namespace():
    assert inspected(with_lines("Import-Name: toast.jam", "Import-Namespace: toast")).warnings == ()


@pytest.mark.parametrize("summary", ["One.\n  Two.", "One.\u2028Two.", "a\x85b"])
def test_a_summary_of_two_lines_is_refused(summary):
    assert refusal(a_wheel(summary=summary)).startswith(("Summary: ", "The metadata has a line"))


def test_a_summary_has_512_characters_at_most():
    assert inspected(a_wheel(summary="ü" * 512)).warnings == ()
    assert refusal(a_wheel(summary="ü" * 513)) == "Summary is longer than 512 characters."


@pytest.mark.parametrize(
    ("classifier", "why"),
    [
        ("Toast :: Burnt", "is unknown"),
        ("private :: Do Not Upload", "is unknown"),
        ("Typing :: typed", "is unknown"),
        ("Natural Language :: Ukranian", "is deprecated; use 'Natural Language :: Ukrainian'"),
    ],
)
def test_a_public_index_knows_its_classifiers(classifier, why):
    wheel = with_lines(f"Classifier: {classifier}")

    assert refusal(wheel, policy=Policy.PUBLIC) == f"The classifier {classifier!r} {why}."


@pytest.mark.parametrize(
    "line",
    [
        "Requires-Dist: a; " + "(" * 1800 + "os_name == 'a'" + ")" * 1800,
        "License-Expression: " + "(" * 1900 + "MIT" + ")" * 1900,
        "Requires-Python: >=" + "9" * 5000,
        "Requires-Dist: a>=" + "9" * 5000,
        "Description-Content-Type: text/plain" + "; a=b" * 50_000,
        "Author-Email: " + '"\\' * 100_000,
        "Author-Email: " + "a" * 500 + "@example.org",
    ],
)
def test_a_value_made_to_wear_out_its_reader_is_refused_in_no_time(line):
    assert refusal(with_lines(line)).endswith(".")
