"""The commands of ``risk-registry``: what an office does at the machine itself, by the same operations as the pages."""
