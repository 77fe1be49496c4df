"""工作日历: the days on which the office does or does not work, as published by the State Council's yearly notice."""
