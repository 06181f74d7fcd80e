"""The frame of the installable app, and what its pages are made of."""
