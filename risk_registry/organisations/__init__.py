"""单位: the tree of organisations and their dated names."""
