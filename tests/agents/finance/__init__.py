"""Tests of the finance module."""
