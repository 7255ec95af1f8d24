"""One retrying, bounded HTTP client, and one file for each external generator."""
