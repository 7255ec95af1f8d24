"""The memory: one contract, and what only the durable one promises."""
