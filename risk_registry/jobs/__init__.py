"""后台任务: long work asked for on a page and done in a process of its own, with its progress and its result."""
