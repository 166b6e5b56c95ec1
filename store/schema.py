"""The tables, as the named steps that make them.

Times are ``…_ms`` (see `store.moments`). Text that a log leaves empty is stored as ``''`` in the
two dictionaries (`caller`, `term`) and as NULL elsewhere. The ids of streamed events, log rows and
API calls come from one sequence, so a greater id was always committed later, whatever its table.

The names of the steps are known here, without sqlite-utils, because readers check them and must
start fast; `store.migrations` runs them.
"""

from typing import Final

MIGRATION_SET: Final = "orgwatch"
"""The name under which the steps are recorded in the store."""

APPLICATION_ID: Final = 0x6F726777
"""``orgw``: marks the file as a store of orgwatch (SQLite's ``application_id``)."""

_ORG = (
    """CREATE TABLE org_identity (
        one INTEGER PRIMARY KEY CHECK (one = 1), alias TEXT NOT NULL, org_id TEXT, name TEXT,
        edition TEXT, instance_url TEXT, user_licences INTEGER) STRICT""",
    """CREATE TABLE org_user (
        id15 TEXT PRIMARY KEY, user_id TEXT NOT NULL, username TEXT NOT NULL, name TEXT,
        is_active INTEGER, profile TEXT, user_type TEXT, updated_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE app_snapshot (
        id INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        digest TEXT NOT NULL, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX app_snapshot_first ON app_snapshot (first_ms)",
)

_LIMITS = (
    # A limit that does not move is one run, however often it was read; the moments of the
    # readings are kept apart, so that the age of each value stays exact.
    """CREATE TABLE limit_run (
        name TEXT NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        max_value INTEGER NOT NULL, remaining INTEGER NOT NULL,
        PRIMARY KEY (name, first_ms)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE limit_reading (sampled_ms INTEGER PRIMARY KEY) STRICT",
    """CREATE TABLE pool_sample (
        sampled_ms INTEGER PRIMARY KEY, used_calls INTEGER NOT NULL, max_calls INTEGER NOT NULL
        ) STRICT""",
)

_EVENTS = (
    """CREATE TABLE row_sequence (
        one INTEGER PRIMARY KEY CHECK (one = 1), next_id INTEGER NOT NULL) STRICT""",
    "INSERT INTO row_sequence (one, next_id) VALUES (1, 1)",
    """CREATE TABLE stream_event (
        id INTEGER PRIMARY KEY, natural_key TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
        channel TEXT, replay_id TEXT, event_uuid TEXT, event_type TEXT NOT NULL,
        occurred_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
        user_id TEXT, username TEXT, source_ip TEXT, app_id TEXT, app_name TEXT, client TEXT,
        user_agent TEXT, api_type TEXT, api_version TEXT, operation TEXT, entities TEXT,
        row_count INTEGER, status TEXT, login_key TEXT, session_key TEXT, request_id TEXT,
        malformed INTEGER NOT NULL, problem INTEGER NOT NULL, payload TEXT NOT NULL) STRICT""",
    "CREATE INDEX stream_event_time ON stream_event (occurred_ms)",
    "CREATE INDEX stream_event_channel ON stream_event (channel, occurred_ms)",
    "CREATE INDEX stream_event_problem ON stream_event (occurred_ms) WHERE problem = 1",
    """CREATE TABLE replay_position (
        channel TEXT PRIMARY KEY, replay_id TEXT NOT NULL, stored_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
)

_LOG_FILES = (
    """CREATE TABLE log_file (
        id INTEGER PRIMARY KEY, event_type TEXT NOT NULL, interval TEXT NOT NULL,
        log_date_ms INTEGER, sequence INTEGER NOT NULL, org_file_id TEXT, origin TEXT NOT NULL,
        name TEXT NOT NULL, created_ms INTEGER, length_bytes INTEGER, sha256 TEXT,
        state TEXT NOT NULL, superseded_by INTEGER, row_count INTEGER NOT NULL,
        malformed_count INTEGER NOT NULL, first_ms INTEGER, last_ms INTEGER,
        first_row_id INTEGER, last_row_id INTEGER, columns TEXT NOT NULL,
        org_id TEXT NOT NULL) STRICT""",
    "CREATE INDEX log_file_key ON log_file (event_type, interval, log_date_ms, sequence)",
    "CREATE INDEX log_file_content ON log_file (sha256)",
    "CREATE INDEX log_file_org_id ON log_file (org_file_id)",
    "CREATE INDEX log_file_span ON log_file (event_type, last_ms)",
    """CREATE TABLE malformed_row (
        id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, line INTEGER NOT NULL,
        reason TEXT NOT NULL, text TEXT NOT NULL) STRICT""",
    "CREATE INDEX malformed_row_file ON malformed_row (file_id)",
    """CREATE TABLE log_row (
        id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, event_type TEXT NOT NULL,
        occurred_ms INTEGER NOT NULL, user_id TEXT, username TEXT, source_ip TEXT, app_id TEXT,
        client TEXT, user_agent TEXT, api_type TEXT, api_version TEXT, operation TEXT,
        entities TEXT, row_count INTEGER, status TEXT, login_key TEXT, session_key TEXT,
        request_id TEXT, problem INTEGER NOT NULL, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX log_row_time ON log_row (occurred_ms)",
    "CREATE INDEX log_row_problem ON log_row (occurred_ms) WHERE problem = 1",
)

_API_CALLS = (
    """CREATE TABLE caller (
        id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, app_name TEXT NOT NULL,
        client TEXT NOT NULL, user_id TEXT NOT NULL, username TEXT NOT NULL,
        UNIQUE (user_id, app_id, client, app_name, username)) STRICT""",
    "CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE api_call (
        id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL, occurred_ms INTEGER NOT NULL,
        caller_id INTEGER NOT NULL, address_id INTEGER NOT NULL, family_id INTEGER NOT NULL,
        version_id INTEGER NOT NULL, resource_id INTEGER NOT NULL, entity_id INTEGER NOT NULL,
        method_id INTEGER NOT NULL, status INTEGER, counted INTEGER, resource_parts TEXT,
        request_id TEXT, extra TEXT) STRICT""",
    "CREATE INDEX api_call_time ON api_call (occurred_ms)",
    "CREATE INDEX api_call_caller ON api_call (caller_id, occurred_ms)",
    "CREATE INDEX api_call_problem ON api_call (occurred_ms) WHERE status >= 400",
    """CREATE TABLE usage_hour (
        hour_ms INTEGER NOT NULL, caller_id INTEGER NOT NULL, file_id INTEGER NOT NULL,
        calls INTEGER NOT NULL, counted INTEGER NOT NULL, errors INTEGER NOT NULL,
        first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        PRIMARY KEY (hour_ms, caller_id, file_id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE usage_facet_hour (
        hour_ms INTEGER NOT NULL, dimension INTEGER NOT NULL, caller_id INTEGER NOT NULL,
        term_id INTEGER NOT NULL, file_id INTEGER NOT NULL, calls INTEGER NOT NULL,
        counted INTEGER NOT NULL,
        PRIMARY KEY (hour_ms, dimension, caller_id, term_id, file_id)) STRICT, WITHOUT ROWID""",
)

_CONSOLE = (
    """CREATE TABLE coverage_hour (
        source TEXT NOT NULL, hour_ms INTEGER NOT NULL, state TEXT NOT NULL, records INTEGER,
        reason TEXT NOT NULL, updated_ms INTEGER NOT NULL,
        PRIMARY KEY (hour_ms, source)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE task_state (
        task TEXT PRIMARY KEY, phase TEXT NOT NULL, since_ms INTEGER NOT NULL,
        message TEXT NOT NULL, next_ms INTEGER, last_success_ms INTEGER) STRICT, WITHOUT ROWID""",
    """CREATE TABLE login_state (
        one INTEGER PRIMARY KEY CHECK (one = 1), username TEXT NOT NULL, last_request_ms INTEGER,
        obtained_ms INTEGER, expires_ms INTEGER, expiry_source TEXT, error TEXT) STRICT""",
    """CREATE TABLE own_call (
        minute_ms INTEGER NOT NULL, purpose TEXT NOT NULL, calls INTEGER NOT NULL,
        PRIMARY KEY (minute_ms, purpose)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE heartbeat (
        one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL) STRICT""",
)

_ACCESS = (
    """CREATE TABLE access_probe (
        id INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        digest TEXT NOT NULL, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX access_probe_first ON access_probe (first_ms)",
    """CREATE TABLE posture_day (
        day_ms INTEGER PRIMARY KEY, taken_ms INTEGER NOT NULL, body BLOB NOT NULL) STRICT""",
)

_LOGIN_MEMORY = tuple(
    f"ALTER TABLE login_state ADD COLUMN {column}"
    for column in (
        "next_attempt_ms INTEGER",
        "error_code TEXT",
        "error_meaning TEXT",
        "error_next_step TEXT",
        "error_detail TEXT",
        "error_retryable INTEGER NOT NULL DEFAULT 0",
        "requests TEXT NOT NULL DEFAULT '[]'",
        "refusals INTEGER NOT NULL DEFAULT 0",
        "token_refusals INTEGER NOT NULL DEFAULT 0",
        "learned_lifetime_s REAL",
        "refused_age_s REAL",
        "introspection TEXT",
        "introspection_refused_ms INTEGER",
        "key_in_use TEXT",
        "key_switched_ms INTEGER",
        "fingerprint TEXT NOT NULL DEFAULT ''",
        "certificate_until_ms INTEGER",
    )
)
"""``requests`` holds the moments of the last hour as a JSON list of epoch milliseconds."""

STEPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("first_minute", _ORG + _LIMITS + _EVENTS + _LOG_FILES + _API_CALLS + _CONSOLE),
    ("clock_of_login", ("ALTER TABLE login_state ADD COLUMN clock_skew_s REAL",)),
    ("access", _ACCESS),
    ("login_memory", _LOGIN_MEMORY),
)
"""Name and statements of every step, in order. A step that was released never changes."""
