"""Accounts of the consoles: who may come in, and for how long."""
