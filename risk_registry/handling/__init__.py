"""办理: the office's queue and review, and a page for every step of the state machine."""
