"""Taking over customers from the firm's core system: read, check, compare, write."""
