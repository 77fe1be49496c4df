"""The database: declarative base, transactions, guards and migrations. Knows no concept of the field."""
