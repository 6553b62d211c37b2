"""What the scores and answers look like: cross-sections by group, statistics of indicators, the sample."""
