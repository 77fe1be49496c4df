"""台账行: one flat row per version of an assessment, the one read model, and the one scoped query over it."""
