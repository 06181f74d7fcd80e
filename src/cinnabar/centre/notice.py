"""Tell a customer that something was done to his passwords (P208, MSG-03, MSG-04, RST-08)."""

from cinnabar.codes import links
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind

PURPOSE = "not-me"
"""What the mailed secret of a notice is for."""

NOTHING_USED: frozenset[str] = frozenset()


def tell(
    env: Env, customer_id: int, event: str, *, key: str, used: frozenset[str] = NOTHING_USED
) -> None:
    """Post the notice of `event`, one of `PASSWORD_EVENTS`, in the transaction that did it.

    `key` is a text that only this act of the customer has, such as its flow's name: told twice,
    it leaves once. `used` are the channels that carried a code or a link in this act: whoever
    sits at one of them must not be the only one to learn of it. Raises `RuntimeError` outside a
    transaction.
    """
    who = customers.reach(env, customer_id)
    ways = _ways(env, {"email": who.email, "sms": who.sms}, used)
    if not ways:
        return
    # Earlier notices keep their answer: a second change must not silence the first one's.
    undo = links.make(env, customer_id, PURPOSE, flow=event, life=env.firm.link.not_me)
    for channel, to in ways.items():
        post(
            env,
            kind=Kind.PASSWORD_CHANGED,
            customer_id=customer_id,
            subject=who.subject,
            channel=channel,
            to=to,
            language=who.language,
            facts={"event": event, "at": env.clock.now().isoformat(), "undo": undo},
            key=f"password:{customer_id}:{key}:{event}:{channel}",
            expires_at=None,
        )


def _ways(env: Env, contacts: dict[str, str | None], used: frozenset[str]) -> dict[str, str]:
    """Return where the notice goes: the firm's channels, then others, then the one used."""
    on_file = {channel: to for channel, to in contacts.items() if to}
    others = {channel: to for channel, to in on_file.items() if channel not in used}
    wanted = env.firm.notify.password_change_channels
    return {c: to for c, to in others.items() if c in wanted} or others or on_file
