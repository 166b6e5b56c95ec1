"""Makes an ApiTotalUsage log of one day: the same bytes each time."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

DAY = datetime(2026, 11, 15, tzinfo=UTC)
_HEADER = (
    '"EVENT_TYPE","TIMESTAMP","REQUEST_ID","ORGANIZATION_ID","USER_ID","API_FAMILY","API_VERSION",'
    '"API_RESOURCE","CLIENT_NAME","HTTP_METHOD","CLIENT_IP","COUNTS_AGAINST_API_LIMIT",'
    '"CONNECTED_APP_ID","ENTITY_NAME","STATUS_CODE","CONNECTED_APP_NAME","USER_NAME",'
    '"TIMESTAMP_DERIVED"\n'
)
_APPS, _USERS = 61, 400
_ENTITIES = ("Account", "Contact", "Order", "Case", "Product2", "Invoice__c", "Opportunity", "")


def write_usage_log(path: Path, rows: int, *, unique_resources: bool) -> None:
    """``rows`` calls in time order, most of them by few apps; optionally no resource twice."""
    dice = random.Random(7)
    app_of_row = dice.choices(range(_APPS), [1 / (n + 1) for n in range(_APPS)], k=rows)
    step = timedelta(days=1) / rows
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        for number, app in enumerate(app_of_row):
            at = DAY + number * step
            user = (app * 7 + number % 6) % _USERS
            entity = _ENTITIES[number * 31 % len(_ENTITIES)]
            resource = f"/services/data/v62.0/sobjects/{entity}"
            if unique_resources:
                resource += f"/001Hs{number:010}AAA"
            status = 500 if number % 97 == 0 else 200
            file.write(
                f'"ApiTotalUsage","{at:%Y%m%d%H%M%S}.{at.microsecond // 1000:03}",'
                f'"4aB{number:019}","00D000000000001","00500000000{user:04}","REST","62.0",'
                f'"{resource}","client-{app}/1.0","GET","203.0.113.{app}","1",'
                f'"0H4000000000{app:03}","{entity}","{status}","Application {app}",'
                f'"svc-{user}@acme.example","{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"\n'
            )
