"""SOQL: read, checked, run and written out."""
