"""Who may see what: codes, tokens of the host site, sessions."""
