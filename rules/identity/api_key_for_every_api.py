"""API keys that are good for everything."""

from scanner import CIS_GCP_5, ApiKey, Cloud, Problems, Severity, rule


@rule(
    "api-key-for-every-api",
    severity=Severity.MEDIUM,
    controls=[CIS_GCP_5["1.15"]],
    passes={"maps alone": ApiKey(apis=("maps-backend.googleapis.com",))},
    fails={
        "every API": ApiKey(apis=None),
        "all of Google Cloud": ApiKey(apis=("cloudapis.googleapis.com",)),
    },
    fix={
        Cloud.GCP: "gcloud services api-keys update {id} --api-target service=<service>, once for each API that its "
        "program calls",
    },
    references=("https://cloud.google.com/docs/authentication/api-keys-best-practices",),
)
def api_key_for_every_api(key: ApiKey) -> Problems:
    """API key is good for every API of the project.

    API keys stand in web pages and apps, where anybody reads them. One that is for maps and opens everything lets
    strangers call what costs money, or what holds data, on the project's bill, from the day on which somebody enables
    that API.
    """
    if key.apis is None:
        yield "it is not restricted to any API"
    elif "cloudapis.googleapis.com" in key.apis:
        yield "it is restricted to the APIs of Google Cloud, which are all of them"
