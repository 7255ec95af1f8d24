"""Programs that call a hub."""
