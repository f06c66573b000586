"""Each real client gets the representation it reads best; no header breaks the choice."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.simple.negotiation import Representation, choose
from index.weights import ITEMS_READ
from storage.problems import NotAcceptable

JSON, HTML, TEXT_HTML = Representation
V1_JSON = "application/vnd.pypi.simple.v1+json"
V1_HTML = "application/vnd.pypi.simple.v1+html"
PIP = f"{V1_JSON}, {V1_HTML}; q=0.1, text/html; q=0.01"

CLIENTS = {
    "pip": (PIP, JSON),
    "uv": (f"{V1_JSON}, {V1_HTML};q=0.2, text/html;q=0.01", JSON),
    "poetry": (f"{V1_JSON}, */*;q=0.1", JSON),
    "pdm": (PIP, JSON),
    "hatch": ("*/*", TEXT_HTML),
    "pypi-simple": (f"{V1_JSON}, {V1_HTML}, text/html;q=0.01", JSON),
    "bandersnatch": (V1_JSON, JSON),
    "Renovate": (PIP, JSON),
    "Dependabot": ("text/html", TEXT_HTML),
    "Firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT_HTML),
    "Chrome": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
        "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
        TEXT_HTML,
    ),
    "a client of 2015": ("text/html, image/gif, *; q=.2, */*; q=.2", TEXT_HTML),
}


@pytest.mark.parametrize(("accept", "expected"), CLIENTS.values(), ids=CLIENTS)
def test_a_real_client_gets_what_it_reads_best(accept, expected):
    assert choose(accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TEXT_HTML),
        ("", TEXT_HTML),
        (" , ,", TEXT_HTML),
        ("garbage", TEXT_HTML),
        ("*/json", TEXT_HTML),
        ("text/html;q=2", TEXT_HTML),
        (f"garbage, {V1_JSON};q=0.3", JSON),
        (f"{V1_JSON};q=1.5, {V1_HTML}", HTML),
        (f"{V1_JSON};q=0.1234, text/html;q=0.1", TEXT_HTML),
        (f"{V1_JSON};q=, text/html;q=0.1", TEXT_HTML),
        ("text/*", TEXT_HTML),
        ("text/*;q=0.5, */*", JSON),
        ("text/html;q=0, text/html", TEXT_HTML),
        ("text/html, text/html;q=0", TEXT_HTML),
        ("application/*", JSON),
        (f"application/*, {V1_JSON};q=0", HTML),
        ("*/*, text/html;q=0", JSON),
        (f"*/*, text/html;q=0, {V1_JSON};q=0", HTML),
        (f"{V1_HTML}, text/html", HTML),
        (f"text/html, {V1_HTML}, {V1_JSON}", JSON),
        (f"{V1_HTML}, */*", HTML),
        (f"{V1_JSON};q=0.5, */*;q=0.9", TEXT_HTML),
        (f"{V1_JSON};q=0.001, text/html;q=0", JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("application/vnd.pypi.simple.latest+html", HTML),
        ("APPLICATION/VND.PYPI.SIMPLE.V1+JSON;Q=0.5", JSON),
        (f"text/html;level=1;q=0.1, {V1_JSON};charset=utf-8;q=0.2", JSON),
    ],
)
def test_weights_names_and_wildcards_decide(accept, expected):
    assert choose(accept) is expected


@pytest.mark.parametrize(
    "accept",
    ["image/png", "application/json", "*/*;q=0", f"{V1_JSON};q=0", "text/*;q=0.000, image/png"],
)
def test_a_client_that_accepts_nothing_learns_what_there_is(accept):
    with pytest.raises(NotAcceptable) as refusal:
        choose(accept)

    assert refusal.value.message == (
        "The request accepts none of the types there are. "
        f"This page comes as {V1_JSON}, {V1_HTML}, text/html."
    )


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        (V1_JSON, JSON),
        (V1_JSON.replace("+", " "), JSON),
        (V1_HTML, HTML),
        ("text/html", TEXT_HTML),
        ("application/vnd.pypi.simple.latest+json", JSON),
    ],
)
def test_the_format_of_the_url_comes_before_accept(format, expected):
    assert choose("image/png", format=format) is expected


@pytest.mark.parametrize("format", ["", "json", "*/*", f"{V1_JSON};q=1", f"{V1_JSON},text/html"])
def test_an_unknown_format_is_not_acceptable_whatever_accept_says(format):
    with pytest.raises(NotAcceptable):
        choose("*/*", format=format)


def test_the_content_type_is_concrete_and_has_no_space_before_its_parameter():
    assert [each.content_type for each in Representation] == [
        "application/vnd.pypi.simple.v1+json",
        "application/vnd.pypi.simple.v1+html;charset=utf-8",
        "text/html;charset=utf-8",
    ]


NAMES = [V1_JSON, V1_HTML, "text/html", "application/*", "text/*", "*/*", "image/png"]
well_formed = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["0", "0.5", "1"]))


@given(well_formed)
def test_nothing_that_is_refused_is_served_and_nothing_better_is_left(weights):
    ranges = {name: float(weight) for name, weight in weights.items()} or {"*/*": 1.0}

    def wanted(offer):
        kind = offer.value.partition("/")[0]
        return next((ranges[n] for n in (offer.value, f"{kind}/*", "*/*") if n in ranges), 0.0)

    try:
        chosen = choose(", ".join(f"{name};q={weight}" for name, weight in weights.items()))
    except NotAcceptable:
        assert [wanted(offer) for offer in Representation] == [0.0, 0.0, 0.0]
    else:
        best = max(wanted(offer) for offer in Representation)
        assert best == wanted(chosen) > 0
        named = [each for each in Representation if each in ranges and wanted(each) == best]
        assert named == [] or chosen is named[0]


@given(well_formed.flatmap(lambda weights: st.permutations(sorted(weights.items()))))
def test_the_order_of_ranges_has_no_meaning(weights):
    def chosen(items):
        try:
            return choose(",".join(f"{name};q={weight}" for name, weight in items))
        except NotAcceptable:
            return None

    assert chosen(weights) is chosen(sorted(weights))


pieces = st.sampled_from([*NAMES, ",", ";", "q=", "=", "0.5", '"', "\\", " ", "\t", "*", "/", "é"])


@given(st.text() | st.lists(pieces).map("".join), st.none() | st.text())
def test_no_header_does_more_than_be_refused(accept, format):
    with suppress(NotAcceptable):
        assert choose(accept, format=format) in Representation


def test_no_more_ranges_count_than_any_client_sends():
    many = "image/png," * ITEMS_READ

    with pytest.raises(NotAcceptable):
        choose(many + V1_JSON)
    assert choose(many.removeprefix("image/png,") + V1_JSON) is JSON


@pytest.mark.parametrize(
    "accept",
    [
        "a/b," * 100_000,
        "text/html;q=0.1" * 50_000,
        ";" * 500_000,
        '"' * 500_000,
        "text/html" + " " * 500_000 + ";q=",
    ],
    ids=["ranges", "weights", "semicolons", "quotes", "spaces"],
)
def test_a_hostile_header_costs_little(accept):
    began = time.perf_counter()

    with pytest.raises(NotAcceptable):
        choose(f"image/png,{accept}")

    assert time.perf_counter() - began < 2
