"""A flow is a row with its proofs; one decision point re-reads them (law 2)."""
