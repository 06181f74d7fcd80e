"""What is said of a firm file that cannot be used."""


class FirmFileError(ValueError):
    """A firm file states something the product cannot honour.

    The message is one sentence that names the key, the value found and what would be accepted.
    `key` is dotted, as the file spells it; a part of the file knows only its own keys, and the
    reader puts the table's name before them (`under`).
    """

    def __init__(self, key: str, found: str, accepted: str) -> None:
        """Say that `key` holds `found` (a phrase such as "is 0") where `accepted` is wanted."""
        super().__init__(f"{key} {found}; accepted: {accepted}.")
        self.key = key
        self.found = found
        self.accepted = accepted

    def under(self, table: str) -> "FirmFileError":
        """Return the same fault with `table` before its key."""
        key = f"{table}.{self.key}" if table else self.key
        return FirmFileError(key, self.found, self.accepted)


def wrong(key: str, value: object, accepted: str) -> FirmFileError:
    """Return the fault of a key that is there with a value that will not do."""
    return FirmFileError(key, f"is {shown(value)}", accepted)


def shown(value: object) -> str:
    """Return `value` as a person would look for it in the file, cut when it is long."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    limit = 80
    return text if len(text) <= limit else text[: limit - 1] + "…"
