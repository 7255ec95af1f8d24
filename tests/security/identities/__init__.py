"""Accounts, as those who have one see them."""
