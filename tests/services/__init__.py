"""Tests of the reference generators."""
