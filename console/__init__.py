"""orgwatch: a terminal operations console for the API side of a Salesforce org."""

__version__ = "0.1.0"
