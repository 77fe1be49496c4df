"""备案: filing attempts, corrections, numbers and amendments."""
