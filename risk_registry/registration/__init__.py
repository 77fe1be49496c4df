"""登记: the long form, the short path, drafts, and the department's later work on a round."""
