"""Who may do what: signatures, identities, roles, limits, audit.  Stores are met through their ports only."""
