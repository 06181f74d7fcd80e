"""What every other part stands on; knows no framework and no domain."""
