"""Each rule fires for what its section says, not for the near miss beside it, and never fails."""

import ast
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.rules import RULES, judge
from moderation.rules.facts import Upload
from moderation.rules.protected import Protected, is_one_edit
from tests.kit.clock import START
from tests.kit.source import ROOT

PROTECTED = Protected(["Requests", "requests_toolbelt", "numpy"])
PAGE = (ROOT / "docs" / "moderators" / "rules.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| `(.+)` \| (fires|does not) \|$", re.MULTILINE)
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}
EXAMPLES = [(name, *line) for name, section in SECTIONS.items() for line in LINE.findall(section)]
USUAL = Upload(
    project="toaster",
    version="1.0",
    filename="toaster-1.0.tar.gz",
    filetype="sdist",
    account="ann",
    account_is_new=False,
    account_age=timedelta(days=100),
    is_new_project=True,
    files_in_10_minutes=0,
    last_upload_at=None,
    had_setup=False,
    at=START,
    protected=PROTECTED,
)


def an_upload(said: str) -> Upload:
    """The usual one, but for what a line of the page says."""
    call = ast.parse(f"f({said})", mode="eval").body
    assert isinstance(call, ast.Call)
    more: dict[str, Any] = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    if (days := more.pop("idle_days", None)) is not None:
        more |= {"last_upload_at": START - timedelta(days=days), "is_new_project": False}
    return replace(USUAL, **more)


def test_every_rule_has_a_section_and_every_section_a_fire_and_a_near_miss():
    fired = {signal.rule for _, said, _ in EXAMPLES for signal in judge(an_upload(said))}

    assert set(SECTIONS) == fired
    assert len(RULES) == len(SECTIONS)
    for name in SECTIONS:
        assert {line[2] for line in EXAMPLES if line[0] == name} == {"fires", "does not"}


@pytest.mark.parametrize(("rule", "said", "expected"), EXAMPLES)
def test_a_rule_does_what_its_page_says(rule: str, said: str, expected: str):
    signals = [signal for signal in judge(an_upload(said)) if signal.rule == rule]

    assert bool(signals) == (expected == "fires")
    for signal in signals:
        assert 1 <= signal.score <= 100
        assert f"score is {signal.score}" in PAGE or f"{signal.score} for" in PAGE
        assert signal.why.endswith(".")


def test_nothing_is_noticed_of_an_ordinary_upload():
    assert judge(USUAL) == ()


TEXT = st.text(max_size=300) | st.sampled_from(["-" * 9, "requests" * 40, "[", "//[", "http://["])


@given(
    project=TEXT.map(lambda text: re.sub(r"[-_.]+", "-", text.lower())),
    installs=st.dictionaries(TEXT, TEXT | st.just("exec(" + "A" * 5000), max_size=3),
    urls=st.lists(TEXT, max_size=3).map(tuple),
    idle=st.none() | st.integers(0, 4000),
)
def test_no_upload_makes_a_rule_fail(project, installs, urls, idle):
    last = None if idle is None else START - timedelta(days=idle)
    upload = replace(USUAL, project=project, installs=installs, urls=urls, last_upload_at=last)

    for signal in judge(upload):
        assert len(signal.why) < 1000
        assert "\n" not in signal.why


NAMES = st.text("ab1-", min_size=1, max_size=8)


@given(NAMES, NAMES)
def test_one_edit_is_one_character_more_less_or_other_or_two_swapped(one: str, other: str):
    alphabet = sorted({*one, *other})
    places = range(len(one) + 1)
    reachable = {one[:at] + one[at + 1 :] for at in places[:-1]}
    reachable |= {one[:at] + new + one[at + 1 :] for at in places[:-1] for new in alphabet}
    reachable |= {one[:at] + new + one[at:] for at in places for new in alphabet}
    reachable |= {one[:at] + one[at : at + 2][::-1] + one[at + 2 :] for at in places}

    assert is_one_edit(one, other) == (other in reachable - {one})


@given(st.lists(st.text("abc-", min_size=5, max_size=9), max_size=20), st.text("abc-", max_size=9))
def test_a_name_one_edit_away_is_found_whatever_else_is_protected(names: list[str], asked: str):
    names = [name.strip("-") for name in names]
    near = [name for name in names if _is_near(name, asked)]

    assert (Protected(names).edited(asked) is not None) == bool(near)


def _is_near(name: str, asked: str) -> bool:
    compact = re.sub("-+", "-", name).replace("-", "")
    return len(compact) >= 5 and is_one_edit(asked.replace("-", ""), compact)
