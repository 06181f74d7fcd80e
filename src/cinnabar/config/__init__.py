"""The only part that reads settings and the environment."""
