"""Tests of what the hub tells about itself."""
