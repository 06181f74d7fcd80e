"""What can be done with a certificate, a verb a file."""
