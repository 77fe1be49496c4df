"""备案: submission, receipt and filing."""
