"""Azure's own example answers, as resources or as gaps that say why: nothing breaks.

The examples are those of the official REST specifications; they are not part of this repository, and the tests of them
are skipped where they do not lie beside it. The recorded answers of the demo go through the same.
"""

import re
from pathlib import Path
from typing import Any

import arm
import orjson
import pytest
from odd import everything, holds, resources

from scanner.demo.wire.recorded import answers_in, folder_of
from scanner.mapping import MALFORMED, items_of, start_item
from scanner.models.resource import Cloud, Code, Resource, Scope
from scanner.providers.azure.provider import AZURE
from scanner.providers.spec import Source

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "corpus" / "azure-official-examples.json"
SCOPE = Scope(Cloud.AZURE, "00000000-0000-0000-0000-000000000001")
SOURCES = AZURE.sources
CALLS = {call.name: call for call in arm.declared()}

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_file(), reason="the official examples do not lie beside the repository"
)

#: Answers by the call that they are answers to.
Answers = dict[str, list[Any]]


def official() -> Answers:
    """The official examples of the operations that are called."""
    examples = orjson.loads(CORPUS.read_bytes())
    found: Answers = {}
    for name, call in CALLS.items():
        path = re.sub(r"\\\{(\\\+)?\w+\\\}", "[^/]+", re.escape(arm.row(call)["path"]))
        # Examples of lists are often those of one resource group.
        path = path.replace("[^/]+/providers/", "[^/]+(/resourcegroups/[^/]+)?/providers/", 1)
        wide = re.compile(
            path.replace("/[^/]+/providers/Microsoft\\.Insights", "/.+/providers/Microsoft\\.Insights"),
            re.IGNORECASE,
        )
        found[name] = [body for key, body in examples.items() if wide.fullmatch(key)]
    return found


def demo() -> Answers:
    """The recorded answers of the demo subscription; the end of an action in the place of its acceptance."""
    found: Answers = {name: [] for name in CALLS}
    for recorded in answers_in(folder_of("azure")):
        name = recorded.call.replace(".", ":").replace("Microsoft:", "Microsoft.", 1)
        if name in CALLS and recorded.status == 200:
            found[name].append(recorded.body)
        elif name not in CALLS:
            group = "backendAddressPools" in recorded.body
            health = "ApplicationGateways_BackendHealth" if group else "LoadBalancerLoadBalancingRules_Health"
            found[f"Microsoft.Network:{health}"].append(recorded.body)
    return found


def unread(found: list[Resource]) -> set[tuple[str, str, str]]:
    return {
        (one.kind(), field, why.text)
        for one in found
        for field, why in one.unread.items()
        if why.code is Code.MALFORMED
    }


def without_an_id(source: Source, raw: Any) -> Exception | None:
    """Why an item is no resource."""
    try:
        start_item(source, raw, SCOPE, "")
    except MALFORMED as error:
        return error
    return None


@needs_corpus
def test_official_examples_become_resources() -> None:
    """Each item of each list is a resource, and what of it is unread says why."""
    answers = official()
    counts: dict[str, int] = {}
    found: list[Resource] = []
    for source, raw in everything(SOURCES, answers):
        made = list(resources(SOURCES, source, raw, answers, SCOPE))
        found += made
        counts[source.kind.kind()] = counts.get(source.kind.kind(), 0) + len(made)
    assert counts.keys() >= {
        "AddressList",
        "Bucket",
        "Database",
        "Firewall",
        "LoadBalancer",
        "Snapshot",
        "Volume",
    }
    assert sum(counts.values()) > 50
    gaps = [error for source, raw in everything(SOURCES, answers) if (error := without_an_id(source, raw))]
    assert len(gaps) < len(found) / 10
    # What the gap says: the field that the item lacks.
    assert {error.args[0] for error in gaps} <= {"id", "name"}
    holds(found)
    for _, field, text in unread(found):
        assert "lacks" in text or "says" in text or "Input should be" in text, f"{field}: {text}"


@needs_corpus
def test_official_examples_fit_the_sdk_s_models_as_ours_do() -> None:
    """The check of our fixtures is not stricter, nor laxer, than Azure's own examples: nearly all of them pass."""
    answers, wrong, rows = official(), 0, 0
    for name, bodies in answers.items():
        model = arm.answer_type(CALLS[name])
        for body in bodies:
            for row in items_of(body, CALLS[name].items if CALLS[name].items == "value" else ""):
                rows += 1
                wrong += bool(list(arm.misfits(row, model)))
    assert rows > 50
    assert wrong / rows < 0.2


def test_the_demo_s_answers_become_resources_without_a_doubt() -> None:
    answers = demo()
    found = [
        one
        for source, raw in everything(SOURCES, answers)
        for one in resources(SOURCES, source, raw, answers, SCOPE)
    ]
    assert len(found) > 60
    # Details get the answers of other items here, which may not name theirs; machines come with and without states.
    odd = {(kind, field) for kind, field, _ in unread(found)}
    assert odd <= {
        *(("DatabaseSpace", field) for field in ("free_gib", "measured_at", "week_ago_gib")),
        *(("Endpoint", field) for field in ("addresses", "running", "sources")),
        ("Instance", "public_addresses"),
        ("Listener", "tls"),
        ("LoadBalancer", "waf"),
        ("TargetGroup", "targets"),
    }
