"""Construction of the composite index: treatment, normalisation, aggregation, one module for each step.

The steps and their names follow OECD/JRC (2008), Handbook on Constructing Composite Indicators. Tables go in and come
out: units in rows (index `respondent_id`), indicators in columns (codes of the framework).
"""
