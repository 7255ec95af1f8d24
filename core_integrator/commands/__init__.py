"""What the command line does besides serving: the only places of ours that talk HTTP to ourselves."""
