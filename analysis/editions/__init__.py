"""The next edition: its folder, its own framework, and what is known of the edition before."""

from analysis.editions.scaffold import Draft, check_year, make_edition

__all__ = ["Draft", "check_year", "make_edition"]
