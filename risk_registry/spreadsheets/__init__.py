"""Tables as files: workbook, CSV, JSON Lines. The only package that knows openpyxl; it knows columns, no concepts."""
