"""Tell a customer what was done to his account, with an answer to it (MSG-03, MSG-04, RST-08).

Stands as far down as codes and links do, so that every noun above may tell
(docs/flows/not-me.md).
"""

from collections.abc import Mapping

from cinnabar.codes import links
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind

PURPOSE = "not-me"
"""What the mailed secret of a notice is for."""

NOTHING_USED: frozenset[str] = frozenset()


def tell(
    env: Env,
    customer_id: int,
    kind: Kind,
    facts: Mapping[str, str],
    *,
    key: str,
    used: frozenset[str] = NOTHING_USED,
) -> None:
    """Post a notice of `kind` in the transaction that did what it tells.

    `facts` are those of the kind without `at` and `undo`, which are added; `event` is among
    them. `key` is a text that only this act of the customer has, such as its flow's name: told
    twice, it leaves once. `used` are the channels that carried a code or a link in this act:
    whoever sits at one of them must not be the only one to learn of it. Raises `RuntimeError`
    outside a transaction.
    """
    who = customers.reach(env, customer_id)
    ways = _ways(env, {"email": who.email, "sms": who.sms}, used)
    if not ways:
        return
    # Earlier notices keep their answer: a second change must not silence the first one's.
    event = facts["event"]
    undo = links.make(env, customer_id, PURPOSE, flow=event, life=env.firm.link.not_me)
    for channel, to in ways.items():
        post(
            env,
            kind=kind,
            customer_id=customer_id,
            subject=who.subject,
            channel=channel,
            to=to,
            language=who.language,
            facts={**facts, "at": env.clock.now().isoformat(), "undo": undo},
            key=f"{_PREFIX[kind]}:{customer_id}:{key}:{event}:{channel}",
            expires_at=None,
        )


_PREFIX = {Kind.PASSWORD_CHANGED: "password", Kind.ACCOUNT_NOTICE: "account"}


def _ways(env: Env, contacts: dict[str, str | None], used: frozenset[str]) -> dict[str, str]:
    """Return where the notice goes: the firm's channels, then others, then the one used."""
    on_file = {channel: to for channel, to in contacts.items() if to}
    others = {channel: to for channel, to in on_file.items() if channel not in used}
    wanted = env.firm.notify.password_change_channels
    return {c: to for c, to in others.items() if c in wanted} or others or on_file
