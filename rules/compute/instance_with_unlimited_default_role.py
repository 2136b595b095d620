"""Machines that act as the default identity, for everything."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule

from .instance_with_default_role import CHANGE


@rule(
    "instance-with-unlimited-default-role",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["4.2"]],
    applies=lambda instance: instance.role_is_default,
    passes={"for some services": Instance(role_is_default=True, role_for_everything=False)},
    fails={"for every service": Instance(role_is_default=True, role_for_everything=True)},
    fix={Cloud.AWS: NOTHING_TO_FIX, Cloud.GCP: CHANGE, Cloud.AZURE: NOTHING_TO_FIX},
    references=("https://cloud.google.com/compute/docs/access/service-accounts#default_scopes",),
)
def instance_with_unlimited_default_role(instance: Instance) -> Problems:
    """Instance acts as the project's default identity, without limits.

    In many projects the default identity may edit almost everything. Whoever breaks into one web server then changes
    databases, reads every bucket and starts machines of their own. Machines made by hand are narrowed to a few
    services unless somebody takes that away; this one is not.

    Judged are machines with the default identity alone: for one made for a purpose, permissions are the limit.
    """
    if instance.role_for_everything:
        yield "its default identity may call every service of the cloud"
