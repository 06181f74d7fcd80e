"""The password centre: what needs more than one noun."""
