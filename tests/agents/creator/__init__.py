"""Tests of the creator module."""
