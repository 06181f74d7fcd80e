"""The world an action is handed: time, chance, keys, the firm's rules and the signer (law 3).

Built once, in `config/compose.py`; every action takes it as its first parameter.
"""

from dataclasses import dataclass

from cinnabar.firm.model import Firm
from cinnabar.kernel.breached import Breached
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import Dice
from cinnabar.kernel.hashing import Hasher
from cinnabar.kernel.places import Places
from cinnabar.kernel.vault import Vault
from cinnabar.signer.protocol import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Env:
    """Everything from outside that an action may use.

    `base_url` is the configured address of the customer face, without a slash at its end; it is
    never taken from a request (law 10). `breached` knows the passwords that leaked elsewhere, where
    the operator has put the list in; `places` knows where some networks are, likewise. `push_hosts`
    are the push services that may be called, each a name or `*.` and one.
    """

    clock: Clock
    dice: Dice
    vault: Vault
    hasher: Hasher
    firm: Firm
    signer: Signer
    base_url: str
    breached: Breached | None = None
    places: Places | None = None
    push_hosts: tuple[str, ...] = ()
