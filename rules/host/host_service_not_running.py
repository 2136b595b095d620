"""Services that start with the host, and do not run."""

from scanner import Cloud, HostService, Problem, Problems, Severity, rule, unknown_value


@rule(
    "host-service-not-running",
    severity=Severity.HIGH,
    passes={
        "running": HostService(state="running", stays=True),
        "done and gone": HostService(state="stopped", stays=False),
    },
    fails={
        "failed": HostService(state="failed", stays=True),
        "a task that failed": HostService(state="failed", stays=False),
        "stopped": HostService(state="stopped", stays=True),
    },
    fix={
        Cloud.HOST: "systemctl status <service> and journalctl -u <service> say why; systemctl start <service>, or, "
        "when nobody needs it, systemctl disable <service>"
    },
)
def host_service_not_running(service: HostService) -> Problems:
    """Service is enabled, and does not run.

    It is to start with the machine, and is not there: it failed and was given up, or somebody stopped it and forgot.
    After the next restart it comes back, wanted or not.

    What failed is of high severity, what was stopped of medium. Services that run once, wait for a socket or a timer,
    or whose condition is not met, are only judged when they failed.
    """
    if service.state == "failed":
        yield "it failed"
    elif service.state == "stopped":
        if service.stays:
            yield Problem("it is enabled, and stopped", Severity.MEDIUM)
    elif service.state != "running":
        raise unknown_value(service, "state", service.state)
