"""Behaviour of the hub, told through its highest doors."""
