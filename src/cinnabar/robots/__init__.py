"""The check against robots: a sum of our own that a browser works out (P21, P22, A11-01)."""
