"""The event type of a log file whose rows do not name it, read from the file's name."""

import re

EVENT_TYPES = frozenset(
    """ApexCallout ApexExecution ApexInline ApexRestApi ApexSoap ApexTrigger
    ApexUnexpectedException API ApiTotalUsage AsynchronousReportRun AsyncReportRun Attachment
    AuraRequest BlockedRedirect BulkApi BulkApi2 BulkApiRequest ChangeSetOperation CompositeApi
    CompositeApiSubrequest ConcurrentLongRunningApexLimit Console ContentDistribution
    ContentDocumentLink ContentTransfer ContinuationCalloutSummary CorsViolation CspViolation
    Dashboard DatabaseSave DocumentAttachmentDownloads ExternalCrossOrgCallout
    ExternalCustomApexCallout ExternalDataSourceCallout ExternalODataCallout FlowExecution
    FlowNavMetric GroupMembership HostnameRedirects InsecureExternalAssets InsufficientAccess
    InvocableAction KnowledgeArticleView LightningError LightningInteraction LightningLogger
    LightningPageView LightningPerformance Login LoginAs Logout MetadataApiOperation
    MultiblockReport NamedCredential OneCommerceUsage PackageInstall PermissionUpdate
    PlatformEncryption Pricing QueuedExecution Report ReportExport RestApi SalesforceLoginAs
    Sandbox Search SearchClick Sites TimeBasedWorkflow TransactionSecurity
    UITelemetryNavigationTiming UITelemetryResourceTiming UniqueQuery URI VisualforceRequest
    WaveChange WaveDownload WaveInteraction WavePerformance""".split()  # noqa: SIM905
)
"""Types in the documentation of API 66 and 67, and four more that were seen in orgs
(salesforce-event-monitoring facts, section 3.3)."""

UNKNOWN_TYPE = "Unknown"

_BY_LOWER = {name.lower(): name for name in EVENT_TYPES}
_WORD = re.compile(r"[A-Za-z0-9]+")


def type_in_name(name: str) -> str:
    """The event type that a file name such as ``2026-03-02_ApiTotalUsage.csv`` holds as a word.

    The first one, in its proper spelling; `UNKNOWN_TYPE` without any.
    """
    words = (_BY_LOWER.get(word.lower()) for word in _WORD.findall(name.rsplit("/", 1)[-1]))
    return next((word for word in words if word is not None), UNKNOWN_TYPE)
