"""设置与字典: what an office words and decides for itself, as data with validity dates."""
