"""Passwords: kinds and scopes, hashing, the lock."""
