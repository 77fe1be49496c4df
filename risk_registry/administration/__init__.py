"""系统管理: pages of the administrators, a room for each thing they keep."""
