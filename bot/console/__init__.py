"""The consoles of the staff: support desk, FAQ desk, accounts. Mounted at /console by the composition root."""
