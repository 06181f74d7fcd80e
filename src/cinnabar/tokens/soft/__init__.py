"""Soft tokens: an app on a device, its key and its PIN (docs/flows/soft-token-pin.md)."""
