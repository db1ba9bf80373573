"""The calculation of the subvention: understanding a request, completing it turn by turn, saying the result."""
