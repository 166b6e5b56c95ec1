"""SOAP: logins and the Metadata API."""
