"""Faults of the SOAP APIs (Metadata API), as ``soapenv:Fault`` with HTTP status 500.

The form of the fault and the refusal of tokens in JWT format are as jsforce and CumulusCI handle
them; the other codes are those of the REST API with the prefix ``sf:``.
"""

from console.faults.rest import REST_FAULTS, SERVER_TROUBLE, UNKNOWN
from console.faults.row import FaultRow, Retry

SOAP_FAULTS = (
    FaultRow(
        "The org does not accept the token for metadata",
        "The session expired, or the app issues tokens in JWT format, which no SOAP API takes.",
        "In the app's settings switch off Issue JWT-based access tokens; else look into Setup, "
        "Session Management.",
        Retry.NEW_TOKEN,
        "INVALID_SESSION_ID",
    ),
    FaultRow(
        "The user may not read metadata",
        "The Metadata API needs a permission that the user lacks.",
        "Give the user Modify Metadata Through Metadata API Functions and API Enabled, or do "
        "without what only metadata tells.",
        Retry.FINAL,
        "INSUFFICIENT_ACCESS",
    ),
    FaultRow(
        "The org does not know this kind of metadata",
        "The type does not exist in this org or API version, or the user may not see it.",
        "Nothing is to be done where the org lacks the feature.",
        Retry.FINAL,
        "INVALID_TYPE",
    ),
    FaultRow(
        "The API version is not supported",
        "The org no longer speaks, or does not yet speak, the version that was asked for.",
        "Remove api_version from the settings, so that the newest shared one is used.",
        Retry.FINAL,
        "UNSUPPORTED_API_VERSION",
    ),
    FaultRow(
        "The request ran too long",
        "The org stopped it after ten minutes.",
        "Nothing is to be done when this passes; else collect less at a time.",
        Retry.WAIT,
        "REQUEST_RUNNING_TOO_LONG",
        wait_s=300.0,
    ),
)
"""Rows for what SOAP says otherwise than REST."""


def soap_row(fault_code: str, fault_string: str) -> FaultRow:
    """The row for a ``faultcode`` such as ``sf:INVALID_SESSION_ID`` with its ``faultstring``."""
    code = fault_code.rpartition(":")[2].strip()
    lowered = fault_string.lower()
    for row in (*SOAP_FAULTS, *REST_FAULTS):
        if row.fits(code, lowered):
            return row
    return SERVER_TROUBLE if code in ("Server", "") else UNKNOWN
