"""The tokens of sessions and devices: told to the browser once, at rest as hashes (SES-01)."""

import hashlib

from cinnabar.env import Env
from cinnabar.kernel.secrets import Secret


def new_token(env: Env) -> Secret:
    """Return 256 bits of chance as a browser keeps them."""
    return Secret(env.dice.octets(32).hex())


def token_name(token: Secret) -> str:
    """Return the hash by which the database knows a token."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()
