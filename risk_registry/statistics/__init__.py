"""年度统计: counts over lines."""
