"""Allowances in a real Redis."""
