"""What can be done with a flow."""
