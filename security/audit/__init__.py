"""The audit log: who did what, in a chain that cannot be changed unseen."""
