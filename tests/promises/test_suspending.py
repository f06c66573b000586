"""Who is suspended cannot act, is told why, and loses nothing."""

import pytest

from storage.records import Role, Scope
from tests.kit.shelf import FILE, FREE, TOAST, changes_by, everything, seen
from tests.kit.signing_in import PASSWORD, logs_in
from tests.kit.world import Person, World


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


@pytest.mark.parametrize("subject", ["account:ann", "token:0123456789ab"])
def test_a_token_works_again_when_its_suspension_is_taken_back(
    shelf: Person, ann: Person, bea: Person, subject: str
):
    keyed = ann.with_token(Scope.UPLOAD, token_id="0123456789ab")

    bea.undoes(bea.holds(subject))
    bea.holds(subject)
    bea.releases(subject)

    assert changes_by(keyed) == FREE


def test_who_is_suspended_makes_no_token_and_revokes_no_other_s(
    world: World, shelf: Person, bea: Person, eve: Person
):
    eva = world.somebody("eva", password=PASSWORD, token_id="0123456789ab")
    adm = world.somebody("adm", role=Role.ADMIN, scope=Scope.MODERATE)
    eve.holds("account:eva", "account:adm", reason="Stolen.")
    login = {"name": "eva", "password": PASSWORD}

    answer = world.anyone.asks("POST", "/api/tokens", json=login)
    assert (answer.status_code, answer.text) == (
        403,
        "Your account is suspended: Stolen. If that is wrong, ask the moderators of this index.",
    )
    assert adm.asks("DELETE", "/api/tokens/0123456789ab").status_code == 403
    assert logs_in(world).json()["holds"][0]["reason"] == "Stolen."
    eve.releases("account:eva")
    assert eva.gets("/api/me").status_code == 200


def test_a_moderator_who_is_suspended_decides_nothing(
    world: World, shelf: Person, bea: Person, cat: Person
):
    hold = cat.holds("account:bea")
    before = world.journal

    assert bea.decides("hold", FILE).status_code == 403
    assert bea.decides("release", "account:bea").status_code == 403
    assert bea.wants_undone(hold).status_code == 403
    assert bea.gets("/api/moderation/holds").status_code == 403
    assert world.journal == before
