"""What SOQL sees: the org's objects, their columns and rows."""
