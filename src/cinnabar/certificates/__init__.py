"""Trading certificates: apply, renew, revoke, status."""
