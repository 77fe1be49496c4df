"""台账: lists and exports."""
