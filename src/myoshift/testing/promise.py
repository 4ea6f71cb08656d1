"""What a broken promise is."""

from __future__ import annotations


class ContractError(AssertionError):
    """A plug-in breaks a promise that the rest of the package relies on."""


def require(kept: bool, promise: str) -> None:
    """Raise `ContractError` with the promise unless it is kept."""
    if not kept:
        raise ContractError(promise)
