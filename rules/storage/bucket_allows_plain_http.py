"""Buckets and plain HTTP."""

from scanner import (
    CIS_AWS_7,
    CIS_AZURE_6,
    HTTP_ACCEPTED,
    HTTP_PARTLY_REFUSED,
    HTTP_REFUSED,
    Bucket,
    Cloud,
    PlainHttp,
    Problems,
    Severity,
    rule,
    unknown_value,
)


@rule(
    "bucket-allows-plain-http",
    severity=Severity.MEDIUM,
    controls=[CIS_AWS_7["3.1.1"], CIS_AZURE_6["9.3.4"]],
    passes={"plain HTTP is refused": Bucket(plain_http=PlainHttp(state=HTTP_REFUSED))},
    fails={
        "no policy": Bucket(
            plain_http=PlainHttp(state=HTTP_ACCEPTED, reasons=("there is no bucket policy",))
        ),
        "only the bucket's own actions": Bucket(
            plain_http=PlainHttp(
                state=HTTP_PARTLY_REFUSED, reasons=("plain HTTP is refused only on the bucket itself",)
            )
        ),
        "a switch that is off": Bucket(plain_http=PlainHttp(state=HTTP_ACCEPTED, reasons=())),
    },
    fix={
        Cloud.AWS: "aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json\n"
        "# add a statement: Effect Deny, Principal *, Action s3:*, Resource arn:aws:s3:::{name} and\n"
        "# arn:aws:s3:::{name}/*, Condition Bool aws:SecureTransport false\n"
        "aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
        Cloud.GCP: "gcloud resource-manager org-policies enable-enforce storage.secureHttpTransport "
        "--project <project>",
        Cloud.AZURE: "az storage account update --name {name} --resource-group <resource-group> --https-only true",
    },
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",),
)
def bucket_allows_plain_http(bucket: Bucket) -> Problems:
    """Bucket accepts requests over plain HTTP.

    One application with `http://` in its settings is enough: whoever sits between it and the bucket reads the data on
    its way, and the signature of a request with it. Nobody notices, because it works.

    On AWS only a Deny statement in the bucket's policy refuses plain HTTP, and it has to hold for every principal,
    every action, the bucket and its objects alike; the message says what a partial one leaves out. An organization's
    resource control policy may refuse plain HTTP as well, which cannot be seen from the account. On Google Cloud only
    an organization policy can refuse it, so there is no verdict on a bucket there.
    """
    http = bucket.plain_http
    if http.state == HTTP_REFUSED:
        return
    if http.state not in (HTTP_ACCEPTED, HTTP_PARTLY_REFUSED):
        raise unknown_value(http, "state", http.state)
    yield ": ".join((f"plain HTTP is {http.state}", *(("; ".join(http.reasons),) if http.reasons else ())))
