"""Machines without an identity."""

from scanner import CIS_AWS_7, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-without-role",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["2.16"]],
    passes={"a role": Instance(role="arn:aws:iam::000000000000:instance-profile/web")},
    fails={"no role": Instance(role=None)},
    fix={
        Cloud.AWS: "aws ec2 associate-iam-instance-profile --instance-id {name} --iam-instance-profile Name=<profile>",
        Cloud.GCP: "gcloud compute instances set-service-account {name} --service-account <service-account>",
        Cloud.AZURE: "az vm identity assign --name {name} --resource-group <resource-group>",
    },
    references=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",),
)
def instance_without_role(instance: Instance) -> Problems:
    """Instance has no role to sign in to the cloud with.

    Sooner or later a program on it needs a bucket or a queue, and somebody copies an access key onto the machine. It
    stays there for years, in images and backups too, and works from anywhere. A role gives credentials that change by
    themselves every few hours. A machine that never calls the cloud's APIs is fine without one: waive it.
    """
    if instance.role is None:
        yield "it has no role"
