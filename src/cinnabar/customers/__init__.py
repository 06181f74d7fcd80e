"""Customers, how to reach them and their trading accounts, as the firm's core system says."""
