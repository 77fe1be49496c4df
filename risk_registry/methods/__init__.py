"""评估方法: the methods of assessment as versioned data, and the library of risk factors."""
