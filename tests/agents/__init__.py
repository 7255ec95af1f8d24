"""Tests of the built-in modules."""
