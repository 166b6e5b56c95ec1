"""Rows of ApiTotalUsage logs, stored typed and compact, and written out again as they came.

Columns and their meaning: salesforce-event-monitoring facts, section 3.5. Whatever the typed
columns cannot give back to the letter goes into ``extra`` as JSON.
"""

EVENT_TYPE = "ApiTotalUsage"
