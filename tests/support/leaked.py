"""A list of leaked passwords that a test writes itself."""

from dataclasses import dataclass

from cinnabar.kernel.secrets import Secret


@dataclass(frozen=True)
class Leaked:
    """Knows the passwords it was made with."""

    texts: frozenset[str]

    @classmethod
    def of(cls, *texts: str) -> "Leaked":
        """Return a list of these."""
        return cls(frozenset(texts))

    def holds(self, secret: Secret) -> bool:
        """Tell whether it has `secret`."""
        return secret.reveal() in self.texts


class Unreadable:
    """A list whose disk has failed."""

    def holds(self, secret: Secret) -> bool:
        """Raise what the system raises."""
        del secret
        msg = "Input/output error"
        raise OSError(msg)
