"""The operators’ pages: the catalogue, its properties and partners."""
