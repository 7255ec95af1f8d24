"""The reference text generator: stories, ads, podcasts and plain texts, and what users think of them."""
