"""评估: rounds of assessment, their consultation in counts and themes, their method, levels and conclusion."""
