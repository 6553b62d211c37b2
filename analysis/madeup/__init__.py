"""Made-up answers: random, valid by codebook, checks and relations, and said to be made up wherever they are shown."""

from analysis.madeup.edition import Size, make_up
from analysis.madeup.files import write_made_up

__all__ = ["Size", "make_up", "write_made_up"]
