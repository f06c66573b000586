"""Who is suspended cannot act, is told why, and loses nothing."""

import pytest

from storage.records import Scope
from tests.kit.shelf import FREE, TOAST, changes_by, everything, seen
from tests.kit.world import Person


@pytest.mark.parametrize("subject", ["account:ann", "token:0123456789ab"])
def test_who_is_suspended_cannot_act_and_stays_listed(
    shelf: Person, ann: Person, bea: Person, subject: str
):
    keyed = ann.with_token(Scope.UPLOAD, token_id="0123456789ab")

    bea.holds(subject, reason="Stolen")

    assert changes_by(keyed) == dict.fromkeys(FREE, 403)
    assert everything(shelf) == seen()
    assert changes_by(ann) == (FREE if subject.startswith("token") else dict.fromkeys(FREE, 403))


def test_who_is_suspended_learns_why_and_until_when(shelf: Person, ann: Person, bea: Person):
    bea.holds("account:ann", reason="Stolen", until="2026-12-01T00:00:00Z")

    assert ann.yanks(TOAST).text == (
        "Your account is suspended until 2026-12-01 00:00 UTC: Stolen. "
        "If that is wrong, ask the moderators of this index."
    )
    assert [hold["reason"] for hold in ann.gets("/api/me").json()["holds"]] == ["Stolen"]
