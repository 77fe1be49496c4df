"""重大项目·决策: a matter, its registration number, and its facts as each round of assessment saw them."""
