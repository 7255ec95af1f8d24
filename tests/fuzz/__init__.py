"""Every operation of the OpenAPI document, with generated requests."""
