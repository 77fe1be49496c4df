"""操作日志: every change is an event in one append-only chain."""
