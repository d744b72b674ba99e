"""Identifiers that mean nothing. Codes that a citizen hears have rules of their own and live with tickets."""

from uuid import uuid4


def new_id() -> str:
    """A fresh random identifier (UUID version 4, 36 characters): never a prefix of another one, safe in paths and URLs."""
    return str(uuid4())
