"""Tests of what guards the hub."""
