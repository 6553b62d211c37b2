"""The documented cooperation of clusters: graphs, measures, communities, robustness, suggestions of partners.

Public facts about named organisations go in; nothing here knows the answers of any cluster, except where respondents
are matched among themselves, without names.
"""
