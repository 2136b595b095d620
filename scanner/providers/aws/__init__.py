"""Amazon Web Services, read through botocore, the engine of boto3."""
