"""A customer is told that somebody signed in as him (MSG-03, docs/flows/devices.md)."""

from cinnabar.codes import notices
from cinnabar.env import Env
from cinnabar.flows.assurance import EMAIL, SMS
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.masks import mask_address
from cinnabar.messages.kinds import Kind

_CARRIED = {EMAIL: "email", SMS: "sms"}
"""The channel on which a factor was shown."""


def tell(
    env: Env,
    customer_id: int,
    amr: frozenset[str],
    *,
    known: bool,
    agent: str,
    address: str,
    key: str,
) -> None:
    """Tell of a sign-in on a device that is new to the customer, or of every one (P208).

    In the transaction that opens the session. `key` is that session's alone. Not by the channel
    that carried a code in this sign-in, where there is another.
    """
    if known and env.firm.notify.sign_ins == "new-device":
        return
    named = read_agent(agent)
    facts = {
        "event": "signed-in" if known else "new-device",
        "browser": named.browser,
        "system": named.system,
        "address": mask_address(address),
    }
    used = frozenset(way for factor, way in _CARRIED.items() if factor in amr)
    notices.tell(env, customer_id, Kind.ACCOUNT_NOTICE, facts, key=key, used=used)
