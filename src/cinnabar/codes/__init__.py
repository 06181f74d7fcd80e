"""One-time codes: ask, spend, budgets."""
