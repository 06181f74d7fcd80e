"""Web push: it wakes the app and carries nothing (MSG-07, docs/flows/push.md)."""
