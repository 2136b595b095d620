"""Machines, and keys that open all of them."""

from scanner import CIS_GCP_5, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-accepts-project-keys",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["4.3"]],
    passes={"its own keys, or none": Instance(project_keys=False)},
    fails={"every key of the project": Instance(project_keys=True)},
    fix={
        Cloud.AWS: NOTHING_TO_FIX,
        Cloud.GCP: "gcloud compute instances add-metadata {name} --zone <zone> --metadata enable-oslogin=TRUE\n"
        "# or, to go on with keys: --metadata block-project-ssh-keys=TRUE",
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=("https://cloud.google.com/compute/docs/connect/restrict-ssh-keys",),
)
def instance_accepts_project_keys(instance: Instance) -> Problems:
    """Instance lets in whoever holds an SSH key of the whole project.

    A key that is set for a project opens every machine in it, with the rights of an administrator. One laptop that is
    lost, or one colleague who has left, is then a way into all of them, and the key stays until somebody remembers.

    With OS Login people log in as themselves and lose access with their account; keys in metadata do not count then.
    """
    if instance.project_keys:
        yield "SSH keys of the whole project open it"
