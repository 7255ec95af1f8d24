"""The education module."""
