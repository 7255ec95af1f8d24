"""Plain values and protocols that every part of the hub agrees on; imports nothing of ours."""
