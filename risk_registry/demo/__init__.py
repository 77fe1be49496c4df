"""The demo county, entered through the same operations as the pages."""
