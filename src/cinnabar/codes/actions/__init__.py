"""What can be done with a code."""
