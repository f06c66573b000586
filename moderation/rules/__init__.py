"""Rules: each asks one question about an upload and says what it noticed. None of them acts."""

from collections.abc import Callable

from moderation.rules.claims import claims_another
from moderation.rules.facts import Noticed, Signal, Upload
from moderation.rules.install import first_setup, path_file, payload
from moderation.rules.names import look_alike
from moderation.rules.people import burst, dormant, new_account

Rule = Callable[[Upload], Noticed]

RULES: tuple[Rule, ...] = (
    look_alike,
    new_account,
    burst,
    dormant,
    first_setup,
    path_file,
    payload,
    claims_another,
)
"""Every rule there is. docs/moderators/rules.md has what each fires for, and what it does not."""


def judge(upload: Upload) -> tuple[Signal, ...]:
    """What all rules noticed about an upload."""
    return tuple(signal for rule in RULES for signal in rule(upload))
