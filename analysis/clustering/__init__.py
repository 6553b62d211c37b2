"""Groups among clusters: tests between given sectors, types found from scores, and how far either can be trusted."""
