"""Letters, as mail programs read them."""
