"""Speaks Salesforce over HTTP: login, REST, queries, limits, log files, apps.

Knows neither store nor screen: whatever is learned here is handed up as frozen values.
"""
