"""What a look at some octets found wrong: facts for a log or a developer, not sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `rule` is a short stable name; `detail` says where or how."""

    rule: str
    detail: str = ""

    def __str__(self) -> str:
        """Return `rule: detail`."""
        return f"{self.rule}: {self.detail}" if self.detail else self.rule


Findings = tuple[Finding, ...]
