"""The day's shapes in Acme, as 24 relative weights in UTC. Acme works in Central Europe."""

OFFICE = (1, 1, 1, 1, 2, 6, 14, 26, 38, 42, 40, 34, 32, 38, 40, 36, 28, 16, 8, 5, 3, 2, 1, 1)
"""Full between 07:00 and 17:00, nearly nothing at night."""
BUSY_DAY = (
    8,
    7,
    7,
    8,
    10,
    16,
    24,
    34,
    40,
    42,
    41,
    38,
    37,
    40,
    41,
    38,
    32,
    24,
    18,
    15,
    13,
    11,
    9,
    8,
)
"""Follows the office over a floor that never stops."""
SHOP = (7, 5, 4, 4, 5, 8, 12, 16, 19, 21, 22, 24, 25, 23, 22, 22, 24, 28, 32, 34, 30, 24, 16, 10)
"""Customers at home: rising to the evening."""
NIGHTLY = (24, 40, 40, 30, 12, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 8, 12)
"""A load at night over a small one in every hour."""
NIGHT_ONLY = (30, 38, 24, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 14, 26)
MORNING = (0, 0, 0, 1, 4, 24, 40, 34, 18, 12, 10, 9, 12, 10, 8, 6, 4, 2, 1, 0, 0, 0, 0, 0)
SHIFTS = (4, 4, 3, 3, 10, 24, 28, 28, 24, 26, 28, 16, 22, 28, 26, 24, 22, 20, 20, 16, 10, 6, 5, 4)
"""Two shifts in the warehouse with a break at noon."""
WORKBENCH = (0, 0, 0, 0, 0, 0, 1, 4, 10, 18, 14, 6, 4, 14, 20, 16, 8, 3, 1, 0, 0, 0, 0, 0)
"""A person at work, or what a person sets off."""
