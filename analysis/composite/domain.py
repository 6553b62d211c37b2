"""The error of a mean that is not defined for a value it meets."""

from __future__ import annotations

from analysis.errors import MethodError


class OutsideDomain(MethodError):
    """A mean is not defined for a value.

    `position` is the index (..., unit) of the value, `member` its place among the columns of the mean (-1: the mean
    itself), `remedy` what to do. `aggregate` puts names to the numbers.
    """

    def __init__(self, message: str, position: tuple[int, ...], member: int, value: float, remedy: str = "") -> None:
        super().__init__(message)
        self.position, self.member, self.value = position, member, value
        self.remedy = remedy or "normalise onto a scale above 0 (say lower: 1, upper: 100), or choose another mean"
