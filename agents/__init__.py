"""Built-in modules, each a plugin like a stranger's."""
