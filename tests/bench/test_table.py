"""The benchmark's table says what was measured, against what, and whether that is enough."""

import pytest

from bench.asking import Unexpected
from bench.load import understood
from bench.table import Bound, Target, as_markdown, as_text, compared, limited

AT_LEAST = Target(bound=Bound.AT_LEAST, value=0.7)
AT_MOST = Target(bound=Bound.AT_MOST, value=1.15)
FASTER = Target(bound=Bound.FASTER, value=8)

SAID = """\
Running 1s test @ http://127.0.0.1:80/json/crowd-007
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   310.11us  180.20us   4.11ms   91.02%
    Req/Sec    45.49k     1.90k   47.80k    80.00%
  Latency Distribution
     50%  290.00us
     75%  320.00us
     90%  410.00us
     99%    1.03ms
  45234 requests in 1.00s, 99.12MB read
Requests/sec:  45150.21
Transfer/sec:     98.93MB
"""


def test_a_ratio_is_ours_to_theirs_and_meets_its_target_or_not():
    rows = compared(
        "page", {"nginx": 1000.0, "other": 10.0, "bascule": 690.0}, unit="/s", targets=_of_nginx()
    )

    assert [(row.peer, row.ratio, row.target, row.met) for row in rows] == [
        ("nginx", "0.69", "≥ 0.7 ×", "no"),
        ("other", "69", "—", "—"),
    ]


@pytest.mark.parametrize(
    ("target", "ours", "ratio", "text", "met"),
    [
        (AT_LEAST, 70.0, "0.7", "≥ 0.7 ×", "yes"),
        (AT_MOST, 115.0, "1.15", "≤ 1.15 ×", "yes"),
        (AT_MOST, 116.0, "1.16", "≤ 1.15 ×", "no"),
        (FASTER, 12.5, "8", "≥ 8 × faster", "yes"),
        (FASTER, 12.6, "7.94", "≥ 8 × faster", "no"),
    ],
)
def test_each_kind_of_target_asks_for_its_own_ratio(target, ours, ratio, text, met):
    figures = {"nginx": 100.0, "bascule": ours}

    (row,) = compared("page", figures, unit="ms", targets={"nginx": target})

    assert (row.ratio, row.target, row.met) == (ratio, text, met)


def test_who_has_no_figure_says_why_and_meets_nothing():
    rows = compared("page", {"nginx": "It is not here.", "bascule": 690.0}, unit="/s", targets={})

    assert as_markdown(rows).splitlines()[-1] == (
        "| page | 690 /s | nginx | It is not here. | — | — | — |"
    )
    assert as_text(rows).splitlines()[1:] == [
        "page      690 /s   nginx    [1]         —      —       —",
        "[1] It is not here.",
    ]


def test_a_limit_is_for_our_figure_alone():
    assert limited("miss", 14.9, unit="ms", at_most=15).met == "yes"
    assert limited("miss", 15.1, unit="ms", at_most=15).met == "no"
    assert limited("miss", "It is not here.", unit="ms", at_most=15).met == "—"


def test_what_wrk_prints_is_understood():
    measured = understood(SAID)

    assert (measured.per_second, measured.requests, measured.p99_seconds) == (
        45150.21,
        45234,
        pytest.approx(0.00103),
    )


@pytest.mark.parametrize(
    "said",
    [
        "",
        SAID + "  Non-2xx or 3xx responses: 3\n",
        SAID + "  Socket errors: connect 0, read 2, write 0, timeout 0\n",
        SAID.replace("45234 requests", "0 requests"),
    ],
    ids=["nothing", "errors", "broken connections", "no answer"],
)
def test_a_figure_of_wrk_that_errors_had_a_part_in_does_not_count(said):
    with pytest.raises(Unexpected):
        understood(said)


def _of_nginx() -> dict[str, Target]:
    return {"nginx": AT_LEAST}
