"""Speaks Salesforce over HTTP: login, REST, queries, limits, log files, apps. Knows no store and no screen."""
