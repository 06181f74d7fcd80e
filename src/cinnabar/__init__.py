"""Cinnabar: the credential centre of a securities broker."""
