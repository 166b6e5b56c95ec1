"""Every limit of the org, as ``/limits`` names them.

Names: the body of the REST API's Limits resource; allocations: what an Enterprise Edition org of
this size has. Only ``DailyApiRequests`` is counted; the others move along plausible lines that
depend on nothing but the time, so that two readings a minute apart agree.
"""

from console.simulator.dice import fraction, mixed, number_from
from console.simulator.moments import DAY_MS, HOUR_MS

_DAILY, _HOURLY, _STANDING = "daily", "hourly", "standing"
_LIMITS: tuple[tuple[str, int, float, str], ...] = (
    ("ActiveScratchOrgs", 40, 0.0, _STANDING),
    ("AnalyticsExternalDataSizeMB", 40_960, 0.0, _STANDING),
    ("ConcurrentAsyncGetReportInstances", 200, 0.01, _STANDING),
    ("ConcurrentEinsteinDataInsightsStoryCreation", 5, 0.0, _STANDING),
    ("ConcurrentEinsteinDiscoveryStoryCreation", 2, 0.0, _STANDING),
    ("ConcurrentSyncReportRuns", 20, 0.1, _STANDING),
    ("DailyAnalyticsDataflowJobExecutions", 60, 0.1, _DAILY),
    ("DailyAnalyticsUploadedFilesSizeMB", 51_200, 0.0, _DAILY),
    ("DailyAsyncApexExecutions", 250_000, 0.61, _DAILY),
    ("DailyAsyncApexTests", 500, 0.34, _DAILY),
    ("DailyBulkApiBatches", 15_000, 0.07, _DAILY),
    ("DailyBulkV2QueryFileStorageMB", 976_562, 0.18, _DAILY),
    ("DailyBulkV2QueryJobs", 10_000, 0.11, _DAILY),
    ("DailyDeliveredPlatformEvents", 25_000, 0.43, _DAILY),
    ("DailyDurableGenericStreamingApiEvents", 100_000, 0.0, _DAILY),
    ("DailyDurableStreamingApiEvents", 100_000, 0.002, _DAILY),
    ("DailyEinsteinDataInsightsStoryCreation", 1_000, 0.0, _DAILY),
    ("DailyEinsteinDiscoveryOptimizationJobRuns", 25, 0.0, _DAILY),
    ("DailyEinsteinDiscoveryPredictAPICalls", 50_000, 0.0, _DAILY),
    ("DailyEinsteinDiscoveryPredictionsByCDC", 5_000_000, 0.0, _DAILY),
    ("DailyEinsteinDiscoveryStoryCreation", 100, 0.0, _DAILY),
    ("DailyFunctionsApiCallLimit", 235_000, 0.0, _DAILY),
    ("DailyGenericStreamingApiEvents", 100_000, 0.0, _DAILY),
    ("DailyScratchOrgs", 80, 0.05, _DAILY),
    ("DailyStandardVolumePlatformEvents", 25_000, 0.02, _DAILY),
    ("DailyStreamingApiEvents", 100_000, 0.01, _DAILY),
    ("DailyWorkflowEmails", 15_000, 0.83, _DAILY),
    ("DataStorageMB", 10_540, 0.937, _STANDING),
    ("DurableStreamingApiConcurrentClients", 1_000, 0.003, _STANDING),
    ("FileStorageMB", 41_000, 0.52, _STANDING),
    ("HourlyAsyncReportRuns", 1_200, 0.04, _HOURLY),
    ("HourlyDashboardRefreshes", 200, 0.72, _HOURLY),
    ("HourlyDashboardResults", 5_000, 0.06, _HOURLY),
    ("HourlyDashboardStatuses", 999_999_999, 0.0, _HOURLY),
    ("HourlyLongTermIdMapping", 100_000, 0.0, _HOURLY),
    ("HourlyManagedContentPublicRequests", 50_000, 0.0, _HOURLY),
    ("HourlyODataCallout", 20_000, 0.01, _HOURLY),
    ("HourlyPublishedPlatformEvents", 250_000, 0.012, _HOURLY),
    ("HourlyPublishedStandardVolumePlatformEvents", 1_000, 0.05, _HOURLY),
    ("HourlyShortTermIdMapping", 100_000, 0.0, _HOURLY),
    ("HourlySyncReportRuns", 500, 0.21, _HOURLY),
    ("HourlyTimeBasedWorkflow", 1_000, 0.3, _HOURLY),
    ("MassEmail", 5_000, 0.02, _DAILY),
    ("MonthlyEinsteinDiscoveryStoryCreation", 500, 0.0, _STANDING),
    ("Package2VersionCreates", 6, 0.0, _DAILY),
    ("Package2VersionCreatesWithoutValidation", 500, 0.0, _DAILY),
    ("PermissionSets", 1_500, 0.041, _STANDING),
    ("PlatformEventTriggersWithParallelProcessing", 5, 0.0, _STANDING),
    ("PrivateConnectOutboundCalloutHourlyLimitMB", 0, 0.0, _STANDING),
    ("SingleEmail", 5_000, 0.12, _DAILY),
    ("StreamingApiConcurrentClients", 1_000, 0.0, _STANDING),
)
"""(name, Max, typical share used, how it moves)."""

PERMISSION_SETS_CREATE_CUSTOM = (1_000, 939)
"""``PermissionSets.CreateCustom``, the only limit that is nested in another: (Max, Remaining)."""

MONTHLY_EVENTS = (3_000_000, -41_250)
"""The entitlement of an org that bought event deliveries: (Max, Remaining), and overdrawn."""

NESTED_BY_APP = (
    "DailyApiRequests",
    "DailyBulkApiBatches",
    "DailyGenericStreamingApiEvents",
    "DailyStreamingApiEvents",
)
"""The limits that real orgs nested an entry for each connected app in, from 32.0 to 57.0."""
NESTED_UNTIL = 57


def limits_at(
    at_ms: int, pool_max: int, pool_used: int, fullest_share: float
) -> dict[str, tuple[int, int]]:
    """Every limit as (Max, Remaining) at a moment, in the alphabetical order of ``/limits``.

    No typical share but that of the API pool is larger than ``fullest_share``.
    """
    found = {
        name: (most, most - _used(name, most, min(share, fullest_share), way, at_ms))
        for name, most, share, way in _LIMITS
    }
    found["DailyApiRequests"] = (pool_max, pool_max - pool_used)
    return dict(sorted(found.items()))


def _used(name: str, most: int, share: float, way: str, at_ms: int) -> int:
    if not share:
        return 0
    if way == _STANDING:
        grown = at_ms // DAY_MS % 30 / 30 * 0.02
        return int(most * share * (1 + grown))
    if way == _HOURLY:
        slot, part = divmod(at_ms, HOUR_MS)
        swing = 0.7 + 0.6 * fraction(mixed(number_from(name), slot))
        return int(most * min(1.0, share * swing) * part / HOUR_MS)
    slot, part = divmod(at_ms, HOUR_MS)
    before, after = (
        fraction(mixed(number_from(name), step)) * 0.12 + 0.94 for step in (slot, slot + 1)
    )
    return int(most * share * (before + (after - before) * part / HOUR_MS))
