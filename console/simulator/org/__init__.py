"""What the simulated org is: people, apps, integrations, permissions."""
