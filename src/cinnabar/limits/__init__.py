"""Counts per day that stay right when many ask at once (COD-10, LCK-01)."""
