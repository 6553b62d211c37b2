"""What the printed edition says against what the data give: targets, ledger, reconstruction of answers."""
