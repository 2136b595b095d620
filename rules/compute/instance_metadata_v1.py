"""The metadata service without a session."""

from scanner import CIS_AWS_7, NOTHING_TO_FIX, Cloud, Instance, Problems, Severity, rule


@rule(
    "instance-metadata-v1",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["6.7"]],
    passes={"a session is needed, or nothing answers": Instance(metadata_v1=False)},
    fails={"a plain GET is answered": Instance(metadata_v1=True)},
    fix={
        Cloud.AWS: "aws ec2 modify-instance-metadata-options --instance-id {name} --http-tokens required",
        Cloud.GCP: NOTHING_TO_FIX,
        Cloud.AZURE: NOTHING_TO_FIX,
    },
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
    ),
)
def instance_metadata_v1(instance: Instance) -> Problems:
    """Instance hands out its credentials to a plain request.

    The first version of the metadata service answers any GET from the machine with the credentials of its role. A web
    application that can be talked into fetching an address of the visitor's choice then gives them away, and whole
    buckets of customers' data were lost that way. The second version wants a session first, by a PUT with a header that
    such tricks cannot send.

    Look at the metric MetadataNoToken before you turn the first version off: above zero, something on the machine
    still uses it.
    """
    if instance.metadata_v1:
        yield "the metadata service answers without a session (IMDSv1)"
