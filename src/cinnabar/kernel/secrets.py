"""Secrets do not print (law 8, COD-11, AUD-03)."""

import hmac


class Secret:
    """A text that must not appear anywhere by accident: it prints as `***`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep `text`; only `reveal` gives it back."""
        self._text = text

    def reveal(self) -> str:
        """Return the text itself. Every call of this is a place to look at in a review."""
        return self._text

    def __repr__(self) -> str:
        """Return `***`."""
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Return `***`, whatever the format."""
        return "***"

    def __eq__(self, other: object) -> bool:
        """Compare in constant time with another secret."""
        return isinstance(other, Secret) and hmac.compare_digest(
            self._text.encode(), other.reveal().encode()
        )

    def __hash__(self) -> int:
        """Hash by content, so that a secret may be a key of a short-lived mapping."""
        return hash(("secret", self._text))

    def __reduce__(self) -> tuple[type, ...]:
        """Refuse to be pickled: that would write it down."""
        msg = "a secret is not written down"
        raise TypeError(msg)


class Password(Secret):
    """A long-lived secret that a person chose."""


class Digits(Secret):
    """A one-time code as typed or drawn; leading zeros count (P31)."""
