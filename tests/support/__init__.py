"""What the tests stand on: a place of their own, a database, people."""
