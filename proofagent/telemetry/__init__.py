"""What happens inside, for whoever wants to know: events as logs, spans as logs and traces. Off unless asked for.

    telemetry.event("engine.started", engine="embedded")
    with telemetry.span("gate.check", targets=2) as span:
        ...
        span.set(verdict="accepted")

Logs are asked for by `PROOFAGENT_LOG` and `PROOFAGENT_LOG_FILE` or by `start`, traces by OpenTelemetry's own variables.
Nothing of structlog or OpenTelemetry is imported before that, and whatever goes wrong later breaks no run.
"""

from proofagent.telemetry.facade import Span, apart, as_task, event, hide, span, start, stop, task

__all__ = ["Span", "apart", "as_task", "event", "hide", "span", "start", "stop", "task"]
