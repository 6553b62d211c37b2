"""Proofs that published numbers contradict each other: smallest sets of statements that cannot hold together.

`prove` reads the published tables as statements (`collect`, `cells`, `texts`), lets exact enumerations
(`answers`, `sectors`) or exact interval arithmetic (`relations`) decide whether they can hold, reduces what cannot to
an irreducible set (`engine`), and looks for the nearest numbers that would repair it. `docs/consistency.md` tells how
to read a proof and how to add a check.
"""

from analysis.reproduction.proofs.engine import Proof, contradictions, irreducible
from analysis.reproduction.proofs.prove import Audit, prove, prove_published, severity
from analysis.reproduction.proofs.report import contradictions_table, statements_table, summary_facts

__all__ = [
    "Audit",
    "Proof",
    "contradictions",
    "contradictions_table",
    "irreducible",
    "prove",
    "prove_published",
    "severity",
    "statements_table",
    "summary_facts",
]
