"""Resilience: an index of one's own from the answers, shocks as data, and what they would do; a static what-if.

Answers go in, tables come out. `index` reads the tree, `shocks` changes answers, `response` scores what is left on the
old scales and on new ones. The indicators in between are computed by whoever calls: this package does not know them.
"""
