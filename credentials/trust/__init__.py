"""Who may issue what: the sector's signed list."""
