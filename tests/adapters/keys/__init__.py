"""The key registry: one contract, and what several processes see."""
