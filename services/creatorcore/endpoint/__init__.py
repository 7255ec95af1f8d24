"""Texts and embeddings from an OpenAI-compatible endpoint."""

from services.creatorcore.endpoint.embedding import EndpointEmbedder
from services.creatorcore.endpoint.text import EndpointWriter

__all__ = ["EndpointEmbedder", "EndpointWriter"]
