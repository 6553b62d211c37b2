"""Rebuilding while somebody writes: what to look at, and a page on this machine that shows the newest build."""
