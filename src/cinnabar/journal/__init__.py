"""The audit log: what happened, in rows that cannot be rewritten without being found out."""
