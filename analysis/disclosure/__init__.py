"""What published statistics of groups reveal about a single respondent to whoever knows its groups."""
