"""The second stage of a sign-in, and step-up: what proves somebody beside his password."""
