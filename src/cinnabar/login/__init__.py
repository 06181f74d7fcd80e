"""Signing in and out; sessions and devices."""
