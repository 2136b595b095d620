"""Functions and the public."""

from scanner import (
    CIS_AWS_7,
    EVERYONE,
    MAY_ADMIN,
    MAY_INVOKE,
    MAY_INVOKE_BY_URL,
    MAY_OTHER,
    Cloud,
    Function,
    FunctionUrl,
    Problem,
    Problems,
    PublicGrant,
    Severity,
    each,
    rule,
    unknown_value,
)

OPEN = FunctionUrl(signed=False)
SIGNED = FunctionUrl(signed=True)
BY_URL = PublicGrant(who=EVERYONE, may=(MAY_INVOKE_BY_URL,), said="lambda:InvokeFunctionUrl")
BY_API = PublicGrant(who=EVERYONE, may=(MAY_INVOKE,), said="lambda:InvokeFunction")
LISTED = PublicGrant(who=EVERYONE, may=(MAY_OTHER,), said="lambda:GetFunctionConfiguration")

WORDS = {MAY_INVOKE: "run it", MAY_ADMIN: "change it", MAY_OTHER: "do something with it"}


@rule(
    "function-public",
    severity=Severity.HIGH,
    controls=[CIS_AWS_7["2.21"].partly()],
    passes={
        "nobody else": Function(policy_grants=()),
        "it has no address": Function(policy_grants=(BY_URL,), url=None),
        "requests must be signed": Function(policy_grants=(BY_URL,), url=SIGNED),
    },
    fails={
        "everyone runs it": Function(policy_grants=(BY_API,)),
        "everyone runs it by its address": Function(policy_grants=(BY_URL,), url=OPEN),
        "everyone sees its settings": Function(policy_grants=(LISTED,)),
    },
    fix={
        Cloud.AWS: "aws lambda remove-permission --function-name {name} --statement-id <statement-id>, or for its "
        "address aws lambda update-function-url-config --function-name {name} --auth-type AWS_IAM",
        Cloud.GCP: "gcloud run services remove-iam-policy-binding {name} --region <region> --member allUsers "
        "--role roles/run.invoker\n"
        "# first generation: gcloud functions remove-iam-policy-binding {name} --member allUsers "
        "--role roles/cloudfunctions.invoker",
        Cloud.AZURE: "set authLevel of the HTTP trigger to function, or put the app behind az webapp auth update "
        "--name <app> --resource-group <resource-group> --enabled true --action Return401",
    },
    references=("https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",),
)
def function_public(function: Function) -> Problems:
    """Function may be run by everyone.

    It runs with the rights of its role and on your bill for anybody who finds it, and what it does with the request is
    all that stands between them and your data. Functions behind an API gateway, a load balancer or a queue need no such
    grant: name the caller in the policy.

    A grant that holds for an address only is no matter while the function has none, or while requests to it must be
    signed. If the function is meant for the public, waive it and say so. An alias has a policy and an address of its
    own, and is judged like a function. Policies of single versions are not looked at: no list says which of them has
    one, and it would take a call for each version that ever was published.
    """
    yield from each(function.policy_grants, lambda grant: _judged(function, grant))


def _judged(function: Function, grant: PublicGrant) -> Problems:
    for may in grant.may:
        if may == MAY_INVOKE_BY_URL:
            if function.url is not None and not function.url.signed:
                yield f"{grant.who_in_words} may run it by its address ({grant.said})"
        elif may in WORDS:
            yield Problem(
                f"{grant.who_in_words} may {WORDS[may]} ({grant.said})",
                Severity.LOW if may == MAY_OTHER else Severity.HIGH,
            )
        else:
            raise unknown_value(grant, "may", may)
