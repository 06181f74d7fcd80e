"""Give out a sum, take its answer once (P21, P22, A11-01, LCK-08).

The sum is that of the altcha library, version 2: the browser counts from nought until the
SHA-256 of salt, nonce and counter begins as it was told. Nothing is kept for a sum given out:
it carries its own end and is signed under a key for this page and this visitor, so that it
counts nowhere else. What is handed in leaves a row, so that it counts once.
"""

from datetime import UTC, datetime, timedelta

from altcha import Challenge, Payload, create_challenge, verify_solution
from django.db import transaction

from cinnabar.env import Env
from cinnabar.firm.login import CaptchaPage
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.robots.models import Spent
from cinnabar.robots.rules import work
from cinnabar.statements import run

LONGEST = 2000
"""Characters of an answer; an honest one has about 700."""

_ALGORITHM, _COST = "SHA-256", 1
_KEPT = timedelta(days=1)

_SPEND = """
INSERT INTO robots_spent (id, expires_at) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING
"""


def make(env: Env, page: CaptchaPage, subject: str, *, risky: bool) -> dict[str, JsonValue]:
    """Return a fresh sum for `page`, which `subject` (a visit or a session) may work out.

    The answer is `parameters` and their `signature`, as altcha writes them. Salt and nonce are
    the library's own chance: they need to differ, not to be secret; what is to be found is drawn
    from `env.dice`.
    """
    most = work(env.firm, risky=risky)
    until = env.clock.now() + env.firm.robot.life
    made = create_challenge(
        _ALGORITHM,
        _COST,
        counter=int.from_bytes(env.dice.octets(8), "big") % (most + 1),
        data={
            "most": most,
            "life": int(env.firm.robot.life.total_seconds()),
            "until": int(until.timestamp()),
        },
        hmac_secret=_key(env, page, subject),
    )
    return dict(made.to_dict())


def spend(env: Env, page: CaptchaPage, subject: str, answer: str) -> None:
    """Use up an answer for `page`, whatever becomes of what it was asked for.

    Raises `Refused`: ROBOT_CHECK_NEEDED without one, ROBOT_CHECK_VOID for one that is wrong, too
    old, used before, or another page's or visitor's: which of these is nobody's business.
    """
    if not answer:
        raise Refused(Refusal.ROBOT_CHECK_NEEDED, page=page)
    challenge = _verified(env, page, subject, answer)
    if challenge is None:
        raise Refused(Refusal.ROBOT_CHECK_VOID)
    until = datetime.fromtimestamp((challenge.parameters.data or {})["until"], UTC)
    if until < env.clock.now():
        raise Refused(Refusal.ROBOT_CHECK_VOID)
    with transaction.atomic(durable=True):
        if run(_SPEND, challenge.signature, until) != 1:
            raise Refused(Refusal.ROBOT_CHECK_VOID)


def forget_old(env: Env) -> int:
    """Drop answers whose sums ended a day ago; return how many rows went."""
    return Spent.objects.filter(expires_at__lt=env.clock.now() - _KEPT).delete()[0]


def _verified(env: Env, page: CaptchaPage, subject: str, answer: str) -> Challenge | None:
    """Return the sum that `answer` solves, None if it solves none of ours for this visitor."""
    if len(answer) > LONGEST:
        return None
    try:
        payload = Payload.from_base64(answer)
        good = verify_solution(payload, _key(env, page, subject)).verified
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Not altcha's form at all. Its own reading of a text catches fewer kinds of nonsense.
        return None
    return payload.challenge if good else None


def _key(env: Env, page: CaptchaPage, subject: str) -> bytes:
    return env.vault.mac("robot check", page.encode(), subject.encode())
