"""Offline codes of the app as oathtool makes and checks them (RFC 6238, TOK-01, P220)."""

import json
from datetime import datetime, timedelta

import pytest

from cinnabar.env import Env
from cinnabar.flows.visitor import Claimant
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import factor_offline
from tests.contract.support import look, run
from tests.support.soft import bind
from tests.support.tree import TOP

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]

VECTORS = json.loads((TOP / "tests/support/token-vectors.json").read_text())
"""What the app's script makes: frontend/tests/token.test.ts holds it to the same file."""


def oathtool(env: Env, key: str, at: datetime, *more: str) -> list[str]:
    policy = env.firm.token
    return [
        "oathtool",
        "--totp=SHA256",
        f"--digits={policy.otp_digits}",
        f"--time-step-size={int(policy.otp_period.total_seconds())}s",
        f"--now={at:%Y-%m-%d %H:%M:%S} UTC",
        key,
        *more,
    ]


def test_what_oathtool_shows_the_host_takes_once(env, ming):
    app = bind(env, ming)
    who = Claimant(
        customer_id=ming.id, subject=ming.subject, session="7" * 64, address="203.0.113.7"
    )

    def enter(text: str) -> frozenset[str]:
        return factor_offline.try_code(env, who, "a-flow", text, lambda proved: proved)

    for _ in range(3):
        code = run(*oathtool(env, app.secret().hex(), env.clock.now())).strip()
        assert enter(code) == {"otp"}
        with pytest.raises(Refused) as no:
            enter(code)
        assert no.value.refusal is Refusal.TOKEN_CODE_USED
        env.clock.move(timedelta(minutes=1))


@pytest.mark.parametrize("moment", VECTORS["codes"])
def test_what_the_apps_script_shows_oathtool_takes(env, moment):
    shown, at = VECTORS["codes"][moment], datetime.fromisoformat(moment)
    assert look(*oathtool(env, VECTORS["k_otp"], at, shown))[0] == 0
    late = at + 2 * env.firm.token.otp_period
    assert look(*oathtool(env, VECTORS["k_otp"], late, shown))[0] != 0
