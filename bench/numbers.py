"""Identifiers of people who do not exist."""

from cinnabar.kernel.identifiers import is_national_id


def identifier(number: int) -> str:
    """Return the national id, made up, of the `number`th customer."""
    head = f"{chr(ord('A') + number // 10_000_000 % 8)}1{number % 10_000_000:07d}"
    return next(head + digit for digit in "0123456789" if is_national_id(head + digit))
