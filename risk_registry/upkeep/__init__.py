"""核验与备份: is everything still true, can it be brought back, and a large registry to measure on."""
