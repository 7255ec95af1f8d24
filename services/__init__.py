"""Reference generators: separate programs behind HTTP that know nothing of the hub."""
