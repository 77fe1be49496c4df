"""台账行: the one read model and its one scoped query."""
