"""Activity reports: filing, reading back, figures, exports."""
