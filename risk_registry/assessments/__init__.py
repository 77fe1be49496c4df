"""评估: the rounds of assessment of a matter."""
