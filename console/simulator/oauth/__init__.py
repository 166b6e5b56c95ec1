"""Logging in: every flow of the token endpoint, and what a token opens."""
