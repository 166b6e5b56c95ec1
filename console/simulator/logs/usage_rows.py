"""The rows of ApiTotalUsage: every API call of every family, generated and real."""

from console.simulator.keys import request_ids
from console.simulator.life.own_acts import OwnCall
from console.simulator.life.traffic import Call, RawCall
from console.simulator.logs.app_columns import logged_app_id_15
from console.simulator.logs.call_texts import CallTexts, second_texts, soap_request_id
from console.simulator.logs.columns import columns_of
from console.simulator.logs.csv_file import joined
from console.simulator.logs.rows import PUNCTUAL, Rows, in_order
from console.simulator.logs.sources import LogSources
from console.simulator.moments import MINUTE_MS, compact_ms, iso_ms
from console.simulator.org.call_kinds import (
    ORIGIN_MASK,
    ORIGIN_SHIFT,
    STATUS_MASK,
    STATUS_SHIFT,
    VARIANT_MASK,
    VARIANT_SHIFT,
)


class ApiTotalUsage:
    """Every API call of every family: the file that API usage is read from."""

    event_type = "ApiTotalUsage"

    def __init__(self, sources: LogSources, *, newest: bool) -> None:
        self.columns = columns_of(self.event_type, newest=newest)
        self._calls = sources.calls
        self._own = sources.own
        self._org_id = sources.org_id[:15]
        self._eca_log_id = sources.eca_log_id
        self._newest = newest
        self._texts = CallTexts(self._compose)

    def rows(self, minute: int) -> Rows:
        """All calls of a minute since 1970, generated and real."""
        start_ms = minute * MINUTE_MS
        calls = self._calls(minute)
        numbers = [call[1] for call in calls]
        lines = self._lines(calls, numbers, start_ms)
        own = self._own.calls(start_ms, start_ms + MINUTE_MS)
        if not own:
            return Rows(numbers, lines)
        return in_order(
            [
                *zip([call[0] for call in calls], numbers, lines, strict=True),
                *((call.at_ms, PUNCTUAL, self._own_line(call)) for call in own),
            ]
        )

    def _lines(self, calls: list[RawCall], numbers: list[int], start_ms: int) -> list[str]:
        stamp, iso = f'"ApiTotalUsage","{compact_ms(start_ms)[:12]}', iso_ms(start_ms)[:17]
        seconds, kinds = second_texts(), self._texts
        lines = []
        for (at_ms, number, integration, shape), rest_id in zip(
            calls, request_ids(numbers), strict=True
        ):
            by_status, by_origin, texts, resources, is_soap = kinds[integration, shape]
            head, tail, end = texts[
                by_status[number >> STATUS_SHIFT & STATUS_MASK]
                + by_origin[number >> ORIGIN_SHIFT & ORIGIN_MASK]
            ]
            request_id = soap_request_id(number) if is_soap else rest_id
            moment = seconds[at_ms - start_ms]
            resource = resources[number >> VARIANT_SHIFT & VARIANT_MASK]
            lines.append(
                f'{stamp}{moment}","{request_id}",{head},{resource},{tail},"{iso}{moment}Z"{end}'
            )
        return lines

    def _compose(self, call: Call) -> tuple[str, str, str]:
        """What stands before and after API_RESOURCE, and after the time."""
        integration = call.integration
        name = integration.app.name if integration.app and integration.logs_app_name else ""
        head = (
            self._org_id,
            call.user.user_id[:15],
            call.shape.family,
            integration.api_version,
        )
        tail = (
            integration.client_name,
            call.shape.method,
            call.client_ip,
            "1" if integration.counts else "0",
            logged_app_id_15(integration.app, self._eca_log_id),
            call.shape.entity,
            str(call.status),
            name,
            call.user.username,
        )
        category = "EXTERNAL_APPLICATION" if integration.counts else "SALESFORCE"
        return joined(head), joined(tail), self._end(category)

    def _end(self, category: str) -> str:
        return f',"{category}","","",""\n' if self._newest else "\n"

    def _own_line(self, call: OwnCall) -> str:
        request = call.request
        values = (
            self.event_type,
            compact_ms(call.at_ms),
            request.request_id,
            self._org_id,
            request.user_id[:15],
            request.api_family,
            request.api_version,
            request.resource,
            request.client_name,
            request.method,
            request.client_ip,
            "1" if request.counted else "0",
            logged_app_id_15(request.app, self._eca_log_id),
            request.entity,
            str(request.status),
            "",
            request.username,
            iso_ms(call.at_ms),
        )
        return joined(values) + self._end("EXTERNAL_APPLICATION")
