"""The complaint itself: its row, its chained events, its workflow and who may see it."""
