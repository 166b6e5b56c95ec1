"""A Salesforce org over loopback HTTP, for demonstrations, tests and tools of your own."""
