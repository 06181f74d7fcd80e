"""Revoking a certificate and reporting its loss."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cinnabar.certificates import shares
from cinnabar.certificates.actions import revoke
from cinnabar.certificates.actions.hold import lift
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import EndReason, State
from cinnabar.kernel.refusal import Refusal
from tests.certificates.test_apply import refusal
from tests.support.device import Device
from tests.support.mail import received


def life(customer):
    """Apply and revoke once, with a new key."""
    customer.device = Device()
    customer.apply()
    customer.env.clock.move(seconds=61)
    customer.revoke()
    customer.env.clock.move(seconds=61)


def test_a_revoked_certificate_stays_revoked_and_may_be_followed_by_another(at_home):
    life(at_home)
    life(at_home)
    assert [c.state for c in Certificate.objects.all()] == [State.REVOKED, State.REVOKED]


def test_he_is_told_by_mail(env, at_home):
    life(at_home)
    assert any("註銷" in letter.text for letter in received(env))


def test_the_device_is_cut_off_at_once(env, at_home):
    at_home.apply()
    share = Certificate.objects.get().share_id
    at_home.env.clock.move(seconds=61)
    at_home.revoke()
    assert refusal(shares.release, env, at_home.visitor, share) is Refusal.SHARE_GONE


def test_without_a_code_it_is_refused(env, at_home):
    at_home.apply()
    flow = revoke.open_revocation(env, at_home.visitor, lost=False).id
    assert refusal(revoke.revoke, env, at_home.visitor, flow) is Refusal.FLOW_OUT_OF_ORDER
    assert Certificate.objects.get().state == State.LIVE


def test_the_day_has_its_limit_and_names_the_branch(env, clock, at_home):
    """P148, P149; the code's own day limit is not in the way at two a day."""
    limit = min(env.firm.certificate.revoke_per_day, 2)
    for _ in range(limit):
        life(at_home)
    from cinnabar.limits.actions import firm_day
    from cinnabar.limits.models import Tally

    Tally.objects.filter(what=revoke.REVOKED).update(n=env.firm.certificate.revoke_per_day)
    clock.set(datetime(2026, 11, 21, 0, 0, tzinfo=ZoneInfo("Asia/Taipei")))
    at_home.device = Device()
    at_home.apply()
    Tally.objects.filter(what=revoke.REVOKED).update(day=firm_day(env))
    refused = refusal(revoke.open_revocation, env, at_home.visitor, lost=False)
    assert refused is Refusal.REVOKE_LIMIT


def test_the_year_has_its_limit(env, at_home, ming):
    from datetime import date

    from cinnabar.limits.models import Tally

    at_home.apply()
    Tally.objects.create(
        what=revoke.REVOKED,
        whom=str(ming.id),
        day=date(2026, 1, 1),
        n=env.firm.certificate.revoke_per_year,
    )
    refused = refusal(revoke.open_revocation, env, at_home.visitor, lost=False)
    assert refused is Refusal.REVOKE_LIMIT


def test_a_loss_is_reported_beyond_every_limit_and_without_a_code(env, at_home, ming):
    """REV-05, CONFLICT-13."""
    from cinnabar.limits.actions import firm_day
    from cinnabar.limits.models import Tally

    at_home.apply()
    Tally.objects.create(what=revoke.REVOKED, whom=str(ming.id), day=firm_day(env), n=99)
    at_home.report_loss()
    lost = Certificate.objects.get()
    assert (lost.state, lost.reason) == (State.REVOKED, EndReason.KEY_COMPROMISE)


def test_after_a_loss_only_the_branch_lets_him_apply_again(env, at_home, ming):
    at_home.apply()
    at_home.report_loss()
    assert refusal(at_home.open) is Refusal.REAPPLY_BLOCKED
    assert lift(env, ming.id, ming.subject, case="A-1")
    at_home.device = Device()
    env.clock.move(seconds=61)
    at_home.apply()


def test_there_is_nothing_to_revoke(env, at_home):
    refused = refusal(revoke.open_revocation, env, at_home.visitor, lost=False)
    assert refused is Refusal.NO_CERTIFICATE


def test_a_code_to_apply_does_not_revoke(env, at_home):
    """COD-05."""
    at_home.apply()
    flow = revoke.open_revocation(env, at_home.visitor, lost=False).id
    from cinnabar.flows.actions import code

    tried = code.try_code(env, at_home.visitor, flow, "5523".rjust(env.firm.code.length, "0"))
    assert tried.verdict.value == "closed"
