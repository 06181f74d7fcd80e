"""The words of passwords."""

from enum import StrEnum


class PasswordKind(StrEnum):
    """What a password opens (P113)."""

    LOGIN = "login"
    WITHDRAWAL = "withdrawal"
    VOICE = "voice"
