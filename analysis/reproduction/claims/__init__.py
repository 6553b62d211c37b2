"""Numeric statements of the printed report as expressions, and their comparison with the data of the build."""

from analysis.reproduction.claims.keys import ClaimKey, claim_key

__all__ = ["ClaimKey", "claim_key"]
