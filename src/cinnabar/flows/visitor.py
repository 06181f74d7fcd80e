"""Who is acting, as proved by a sign-in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A signed-in customer on one device.

    `session` is the hash that names the session in the database, `device` the hash that names
    the device or "" for none; `amr` are the factors of the sign-in (RFC 8176); `address` is the
    network address as the trusted proxies give it; `channel` is web or mobile.
    """

    customer_id: int
    subject: str
    session: str
    device: str
    amr: frozenset[str]
    address: str
    channel: str = "web"
