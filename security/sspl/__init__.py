"""SSPL: signed requests.  v3 is a profile of RFC 9421 and RFC 9530, v2 the same in fixed headers."""
