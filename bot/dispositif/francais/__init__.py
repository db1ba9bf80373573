"""French as people type it: numbers, dates, durations. Standard library only."""
