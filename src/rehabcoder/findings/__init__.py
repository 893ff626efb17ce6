"""What a note gets wrong or lacks: one small function a finding, each with the words that settled it."""

from rehabcoder.findings import coding, documentation, payer, rationale, several
from rehabcoder.findings.registry import CHECKS, Context, raise_findings, terms

__all__ = ["CHECKS", "Context", "coding", "documentation", "payer", "raise_findings", "rationale", "several", "terms"]
