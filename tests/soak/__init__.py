"""A soak: real hub and MongoDB programs, many users, random kills; at the end every row is accounted for."""
