"""What is said of an announcement that cannot be published."""


class NoticeFileError(ValueError):
    """A file holds no announcement that the product could show.

    The message is one sentence that names the line, the key, what stands there and what would
    be accepted. `line` counts from 1; it is None where the whole file is meant.
    """

    def __init__(self, key: str, found: str, accepted: str, *, line: int | None = None) -> None:
        """Say that `key` holds `found` (a phrase such as "is 'all'") where `accepted` is wanted."""
        where = f"line {line}: " if line else ""
        super().__init__(f"{where}{key} {found}; accepted: {accepted}.")
        self.key = key
        self.line = line
