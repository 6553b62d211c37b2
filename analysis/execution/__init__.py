"""Running notebooks and steps in processes forked from one that has the imports already.

`engine` is a papermill engine (entry point `klastry`), `shell` executes the cells, `server` is the parent from which
the workflow's steps are forked, and `warm` says what it imports. Nothing here knows what a notebook computes.
"""
