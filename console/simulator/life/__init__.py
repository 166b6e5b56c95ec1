"""What happens in the simulated org, as pure functions of the minute, and its sum."""
