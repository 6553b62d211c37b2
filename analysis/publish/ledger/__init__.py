"""The number ledger of the site: cards beside numbers, the pages "Skąd ta liczba", raw cells, and the finder."""
