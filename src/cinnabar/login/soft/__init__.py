"""Soft tokens at the door: bound, listed and lost; approvals, biometrics, sign-in by device."""
