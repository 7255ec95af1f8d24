"""Writes texts from a request's own words: no model, the same text for the same words."""

from services.creatorcore.writing.desk import MODEL, Earlier, Request, write
from services.creatorcore.writing.request import subject

__all__ = ["MODEL", "Earlier", "Request", "subject", "write"]
