"""The REST API, composite, Bulk queries and limits."""
