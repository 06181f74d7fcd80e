"""The signature base: the text a message signature is made over (RFC 9421, 2.5)."""

from urllib.parse import urlsplit

from cinnabar.faces.machine.signed.fields import InnerList, Item, write_item, write_list
from cinnabar.faces.machine.signed.request import Sent


class BaseError(ValueError):
    """A component is named that the request does not have, or that is not understood here."""


def signature_base(sent: Sent, covered: InnerList) -> bytes:
    """Return the octets to sign for `covered`; raise `BaseError`.

    Components with parameters of their own (`sf`, `key`, `bs`, `req`, `tr`, `name`) are refused.
    """
    lines = []
    for item in covered.items:
        if not isinstance(item.value, str) or item.parameters:
            msg = "a component is a text without parameters"
            raise BaseError(msg)
        lines.append(f"{write_item(item)}: {_value(sent, item.value)}")
    if len(set(lines)) != len(lines):
        msg = "a component is named twice"
        raise BaseError(msg)
    name = write_item(Item("@signature-params"))
    return "\n".join([*lines, f"{name}: {write_list(covered)}"]).encode("ascii", "strict")


def _value(sent: Sent, name: str) -> str:
    if name.startswith("@"):
        return _derived(sent, name)
    value = sent.headers.get(name)
    if value is None or name != name.lower():
        msg = f"there is no {name}"
        raise BaseError(msg)
    return ", ".join(part.strip() for part in value.split("\n"))


def _derived(sent: Sent, name: str) -> str:
    """Return a derived component (RFC 9421, 2.2); the authority is the configured one."""
    place = urlsplit(sent.base_url)
    target = sent.path + (f"?{sent.query}" if sent.query else "")
    known = {
        "@method": sent.method,
        "@target-uri": sent.base_url + target,
        "@authority": place.netloc.lower(),
        "@scheme": place.scheme.lower(),
        "@request-target": target,
        "@path": sent.path,
        "@query": f"?{sent.query}",
    }
    if name not in known:
        msg = f"{name} is not understood"
        raise BaseError(msg)
    return known[name]
