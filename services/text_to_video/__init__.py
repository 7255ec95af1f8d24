"""The reference text-to-video service: real films from a text, offline, over a durable queue."""
