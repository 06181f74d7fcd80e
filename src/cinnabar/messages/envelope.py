"""What a row keeps under seal: the address and the facts.

Both open only with the vault and only for the row they were sealed for, so that a sealed value
copied to another row says nothing (COD-11, MSG-09).
"""

import json
from typing import cast

from cinnabar.env import Env
from cinnabar.kernel.canonical import canonical
from cinnabar.kernel.secrets import Secret
from cinnabar.messages.kinds import Facts

_TO = "message to"
_FACTS = "message facts"


def seal_to(env: Env, message_id: str, to: str) -> bytes:
    """Return the sealed address."""
    return env.vault.seal(_TO, to.encode(), bound_to=message_id.encode())


def open_to(env: Env, message_id: str, sealed: bytes | memoryview) -> str:
    """Return the address; raise `VaultError` if it was altered or moved."""
    return env.vault.open(_TO, bytes(sealed), bound_to=message_id.encode()).decode()


def seal_facts(env: Env, message_id: str, facts: Facts) -> bytes:
    """Return the sealed facts, secrets included: this is the one place they rest in."""
    plain = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in facts.items()
    }
    return env.vault.seal(_FACTS, canonical(plain), bound_to=message_id.encode())


def open_facts(env: Env, message_id: str, sealed: bytes | memoryview) -> dict[str, str]:
    """Return the facts as plain texts; raise `VaultError` if they were altered or moved."""
    plain = env.vault.open(_FACTS, bytes(sealed), bound_to=message_id.encode())
    return cast("dict[str, str]", json.loads(plain))
