"""用户: accounts, roles, sessions, data scope."""
