"""Announcements: what the firm tells its customers on the pages, from one day to another."""
