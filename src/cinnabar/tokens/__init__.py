"""What customers hold and show: passkeys."""
