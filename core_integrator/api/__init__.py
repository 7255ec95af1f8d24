"""The HTTP face of the hub: one router a file, one shape for every failure."""
