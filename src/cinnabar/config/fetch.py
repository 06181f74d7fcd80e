"""Fetching what the product itself serves, by the address that relying parties use."""

from urllib.error import HTTPError
from urllib.request import urlopen

_SECONDS = 10.0
_LARGEST = 128 * 1024 * 1024


def fetch(url: str) -> bytes:
    """Return what lies at `url`, an address made from the base URL; raise `OSError`."""
    try:
        with urlopen(url, timeout=_SECONDS) as reply:  # noqa: S310 - options take http(s) only
            body: bytes = reply.read(_LARGEST)
            return body
    except HTTPError as problem:
        problem.close()
        raise
