"""Reminders that conseillers choose for their activity reports."""
