"""Composite indicators: structure, the steps from availability to ranks, and the analyses after them; a module each.

The steps and their names follow OECD/JRC (2008), Handbook on Constructing Composite Indicators. Tables go in and come
out: units in rows (the index is their key), indicators in columns (codes of the framework). Each step has an array
function with leading dimensions, for many runs at once, and a table function that checks, names codes and logs.
"""
