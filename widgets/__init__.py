"""Widgets that draw plain values and know nothing of Salesforce, the store or the product."""
