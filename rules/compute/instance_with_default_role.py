"""Machines that act as whoever the cloud made up for them."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule

CHANGE = (
    "gcloud compute instances stop {name} --zone <zone> && gcloud compute instances set-service-account {name} "
    "--zone <zone> --service-account <account> --scopes cloud-platform && gcloud compute instances start {name} "
    "--zone <zone>"
)


@rule(
    "instance-with-default-role",
    severity=Severity.LOW,
    controls=[CIS_GCP_5["4.1"]],
    passes={"an identity of its own": Instance(role_is_default=False)},
    fails={"the default one": Instance(role_is_default=True)},
    fix={Cloud.AWS: NOTHING_TO_FIX, Cloud.GCP: CHANGE, Cloud.AZURE: NOTHING_TO_FIX},
    references=("https://cloud.google.com/compute/docs/access/service-accounts",),
)
def instance_with_default_role(instance: Instance) -> Problems:
    """Instance acts as the project's default identity.

    Every machine for which nobody chose has this identity: what one of them is allowed, all of them are, and the logs
    cannot tell who did something. An identity per purpose keeps a break-in where it happened.
    """
    if instance.role_is_default:
        yield "it acts as the default identity"
