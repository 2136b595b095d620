"""Terraform's code and states: modules, moves, overrides, JSON, and what cannot be used."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from scanner.iac import Ownership, RootError, StateError, StateFile
from scanner.iac.addresses import Address, moved, parse
from scanner.iac.hcl import Block, blocks_of
from scanner.iac.ids import Subject
from scanner.iac.location import Location, Span
from scanner.iac.settings import facts, owner_attributes, settings_of
from scanner.iac.sources import Sources, location
from scanner.iac.state import read_state
from scanner.models import kinds
from scanner.models.resource import Cloud, Scope

HERE = Scope(Cloud.AWS, "111122223333", "eu-west-1")


def tree(folder: Path, **files: str) -> Path:
    """Write files into a repository; `__` in a name stands for `/`, and `_` before an ending for a dot."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_tf", ".tf").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def place(folder: Path, address: str, root: str = ".") -> Location | None:
    sources = Sources(folder)
    found = sources.resolve(PurePosixPath(root), parse(address) or Address(()))
    return None if found is None else location(found, address)


def at(folder: Path, address: str, root: str = ".") -> str:
    found = place(folder, address, root)
    return "nowhere" if found is None else f"{found.path}:{found.line}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("aws_s3_bucket.b", Address((), "aws_s3_bucket", "b")),
        ("aws_s3_bucket.b[0]", Address((), "aws_s3_bucket", "b", "[0]")),
        ('aws_s3_bucket.b["a.b\\"]"]', Address((), "aws_s3_bucket", "b", '["a.b\\"]"]')),
        ("module.a.module.b[1].x.y", Address((("a", ""), ("b", "[1]")), "x", "y")),  # type: ignore[arg-type]
        ('module.a["x.module.y"]', Address((("a", '["x.module.y"]'),))),  # type: ignore[arg-type]
    ],
)
def test_addresses_are_taken_apart_and_put_together(text: str, address: Address) -> None:
    assert parse(text) == address
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["", "x", "module.", "a.b.c", "module.a.b", "data.x.y", "a.b[", "a.b[x]"])
def test_what_is_no_address(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("address", "source", "target", "result"),
    [
        ("t.a", "t.a", "t.b", "t.b"),
        ("t.a[0]", "t.a", "t.b", "t.b[0]"),
        ("t.a[0]", "t.a[0]", 't.a["x"]', 't.a["x"]'),
        ("t.a[1]", "t.a[0]", 't.a["x"]', None),
        ("t.a", "t.a", "module.m.t.a", "module.m.t.a"),
        ("module.m.t.a", "module.m", "module.n", "module.n.t.a"),
        ("module.m[1].t.a", "module.m", "module.n", "module.n[1].t.a"),
        ("module.m[1].t.a", "module.m[1]", 'module.m["x"]', 'module.m["x"].t.a'),
        ("module.m[2].t.a", "module.m[1]", 'module.m["x"]', None),
        ("module.m.t.a", "t.a", "t.b", None),
        ("t.a", "module.m", "module.n", None),
        ("u.a", "t.a", "t.b", None),
    ],
)
def test_moves(address: str, source: str, target: str, result: str | None) -> None:
    one, two, three = (parse(text) or Address(()) for text in (address, source, target))
    found = moved(one, two, three)
    assert (None if found is None else str(found)) == result


BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "x"\n}\n'


def test_modules_within_modules_and_beside_the_folder(tmp_path: Path) -> None:
    tree(
        tmp_path,
        live__prod__main_tf='module "a" {\n  source = "../../modules/a"\n}\n',
        modules__a__a_tf='\n\nmodule "b" {\n  source = "./b"\n}\n',
        modules__a__b__b_tf=BUCKET,
    )
    found = place(tmp_path, "module.a[3].module.b.aws_s3_bucket.b[0]", "live/prod")
    assert found is not None
    assert [f"{call.path}:{call.line}" for call in found.chain] == ["live/prod/main.tf:1", "modules/a/a.tf:3"]
    assert (found.path, found.line, found.column, found.end_column) == ("modules/a/b/b.tf", 1, 1, 31)
    # A folder below the repository's: modules beside it are found too, and paths start at the repository.
    assert at(tmp_path / "live", "module.a.module.b.aws_s3_bucket.b", "live/prod") == "modules/a/b/b.tf:1"


@pytest.mark.parametrize(
    "source", ["terraform-aws-modules/vpc/aws", "git::https://x/y.git", "../../../outside", "./no"]
)
def test_what_lies_outside_leads_to_the_call_that_leaves_the_repository(tmp_path: Path, source: str) -> None:
    tree(
        tmp_path,
        main_tf='module "a" {\n  source = "./a"\n}\n',
        a__a_tf=f'\nmodule "vpc" {{\n  source = "{source}"\n}}\n',
    )
    found = place(tmp_path, "module.a.module.vpc.module.deep.aws_vpc.this")
    assert found is not None
    assert (f"{found.path}:{found.line}", found.inside) == ("a/a.tf:2", source)
    assert [call.path for call in found.chain] == ["main.tf"]


def test_moves_are_followed_one_after_another_and_never_in_a_circle(tmp_path: Path) -> None:
    tree(
        tmp_path,
        main_tf='module "new" {\n  source = "./m"\n}\nmoved {\n  from = module.old\n  to = module.mid\n}\n'
        "moved {\n  from = module.mid\n  to = module.new\n}\nmoved {\n  from = t.x\n  to = t.y\n}\n"
        "moved {\n  from = t.y\n  to = t.x\n}\n",
        m__m_tf="moved {\n  from = aws_s3_bucket.was\n  to = aws_s3_bucket.b\n}\n" + BUCKET,
    )
    assert at(tmp_path, "module.old.aws_s3_bucket.was[0]") == "m/m.tf:5"
    assert at(tmp_path, "t.x") == "nowhere"
    assert at(tmp_path, "module.new.aws_s3_bucket.other") == "nowhere"


def test_json_is_read_by_the_same_grammar(tmp_path: Path) -> None:
    code = {
        "resource": {"aws_s3_bucket": {"b": {"bucket": "x"}, "list": [{"bucket": "y"}]}},
        "module": {"m": {"source": "./m"}},
        "moved": [{"from": "aws_s3_bucket.was", "to": "aws_s3_bucket.b"}],
    }
    tree(
        tmp_path,
        main_tf_json=json.dumps(code, indent=1),
        m__m_tf_json=json.dumps({"resource": [code["resource"]]}),
    )
    assert at(tmp_path, "aws_s3_bucket.was") == "main.tf.json:4"
    assert at(tmp_path, "aws_s3_bucket.list") == "main.tf.json:7"
    assert at(tmp_path, "module.m.aws_s3_bucket.b") == "m/m.tf.json:1"


def test_copies_of_others_code_are_not_read(tmp_path: Path) -> None:
    tree(tmp_path, main_tf="", node_modules__x_tf=BUCKET)
    (tmp_path / ".terraform" / "modules" / "x").mkdir(parents=True)
    (tmp_path / ".terraform" / "modules" / "x" / "x.tf").write_text(BUCKET)
    assert Sources(tmp_path).files == 1


def the(text: str) -> Block:
    [block] = [block for block in blocks_of(text.encode()) if block.type == "resource"]
    return block


@pytest.mark.parametrize(
    ("path", "depth", "line"),
    [
        ("acl", 1, 2),
        ("versioning.enabled", 2, 4),
        ("versioning.mfa", 1, 3),
        ("rule.default.algorithm", 3, 9),
        ("ingress.from_port", 2, 14),
        ("tags.Name", 2, 17),
        ("nothing", 0, 1),
    ],
)
def test_settings_are_found_in_blocks_objects_and_dynamic_blocks(path: str, depth: int, line: int) -> None:
    block = the("""resource "t" "n" {
  acl = "private"
  versioning {
    enabled = true
  }
  rule {
  }
  rule {
    default { algorithm = "x" }
  }
  dynamic "ingress" {
    for_each = [1]
    content {
      from_port = 22
    }
  }
  tags = { Name = "é" }
}
""")
    found = block.find(path.split("."))
    assert (found[0], found[1].line) == (depth, line)


def test_columns_count_characters_and_a_span_is_one_line() -> None:
    block = the('resource "t" "n" { tags = { é = 1, b = {\n x = 2 } } }')
    assert block.find(["tags", "b"])[1] == Span(1, 36, 1, 41)
    assert block.header == Span(1, 1, 1, 41)


def test_broken_code_leaves_the_rest_readable() -> None:
    blocks = blocks_of(b'resource "a" "b" {\n x = \n}\n\nresource "c" "d" {\n y = 1\n}\n' + b"\xff\x00{{{")
    assert ("c", "d") in [block.labels for block in blocks]
    assert blocks_of(b"") == []


def test_override_files_win(tmp_path: Path) -> None:
    tree(tmp_path, main_tf='resource "aws_s3_bucket" "b" {\n  acl = "private"\n}\n')
    tree(tmp_path, a_override_tf='\n\nresource "aws_s3_bucket" "b" {\n  acl = "public-read"\n}\n')
    state = tmp_path / "x.tfstate"
    state.write_text(json.dumps(a_state(arn="arn:aws:s3:::b", id="b")))
    ownership = Ownership(tmp_path, [StateFile(state)])
    subject = Subject(HERE, "Bucket", "arn:aws:s3:::b")
    found = ownership.locate(subject, settings_of("Bucket", ["acl_grants"]))
    assert found is not None
    assert (found.path, found.line) == ("a_override.tf", 4)
    found = ownership.locate(subject, [])
    assert found is not None
    assert (found.path, found.line) == ("main.tf", 1)


def a_state(**attributes: Any) -> dict[str, Any]:
    instance = {"attributes": attributes}
    resource = {"mode": "managed", "type": "aws_s3_bucket", "name": "b", "instances": [instance]}
    return {"version": 4, "resources": [resource]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("not json", "not JSON"),
        ("[]", "not a raw state; give the file itself"),
        ("null", "not a raw state; give the file itself"),
        ('{"version": 3, "resources": []}', "not a raw state of version 4 (it says 3)"),
        ('{"format_version": "1.0", "values": {}}', "not `show -json`"),
        (
            '{"serial": 1, "encrypted_data": "x", "encryption_version": "v0"}',
            "encrypted; give what `tofu state pull`",
        ),
        ('{"version": 4, "resources": [{}]}', "not a raw state: KeyError('mode')"),
    ],
)
def test_states_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.tfstate"
    path.write_text(text)
    with pytest.raises(StateError) as error:
        read_state(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)
    with pytest.raises(StateError, match="No such file"):
        read_state(tmp_path / "no")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_state_that_a_shell_of_windows_wrote(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.tfstate"
    path.write_text(json.dumps(a_state(id="bücher"), ensure_ascii=False), encoding=encoding)
    assert [instance.ids for instance in read_state(path)] == [("bücher",)]


def test_only_living_resources_of_the_three_clouds_are_kept(tmp_path: Path) -> None:
    state = a_state(arn="arn:aws:s3:::b", id="b")
    state["resources"][0]["instances"].append({"deposed": "0a", "attributes": {"id": "old"}})
    state["resources"].append(
        {
            "mode": "managed",
            "type": "random_string",
            "name": "s",
            "instances": [{"attributes": {"id": "hush"}}],
        }
    )
    path = tmp_path / "x.tfstate"
    path.write_text(json.dumps(state))
    assert [instance.ids for instance in read_state(path)] == [("arn:aws:s3:::b", "b")]


def test_a_folder_without_code_is_refused(tmp_path: Path) -> None:
    tree(tmp_path, main_tf=BUCKET)
    (tmp_path / "empty").mkdir()
    state = tmp_path / "x.tfstate"
    state.write_text(json.dumps(a_state(id="b")))
    with pytest.raises(RootError, match=r"no Terraform code in .*empty; folders with some: \."):
        Ownership(tmp_path, [StateFile(state, tmp_path / "empty")])


def test_a_root_disk_belongs_to_the_machine_that_it_was_made_with(tmp_path: Path) -> None:
    tree(
        tmp_path,
        main_tf='resource "aws_instance" "web" {\n  root_block_device {\n    encrypted = false\n  }\n}\n',
    )
    state = a_state(id="i-0123456789abcdef0", root_block_device=[{"volume_id": "vol-0123456789abcdef0"}])
    state["resources"][0] |= {"type": "aws_instance", "name": "web"}
    path = tmp_path / "x.tfstate"
    path.write_text(json.dumps(state))
    ownership = Ownership(tmp_path, [StateFile(path)])
    volume = Subject(HERE, "Volume", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0")
    found = ownership.locate(volume, settings_of("Volume", ["encrypted"]))
    assert found is not None
    assert (found.line, found.address) == (3, "aws_instance.web")


def test_every_fact_of_the_table_is_one_of_the_models() -> None:
    known = {f"{name}.{field}" for name, kind in kinds().items() for field in kind.fact_fields()}
    assert set(facts()) <= known
    assert owner_attributes("aws_s3_bucket_versioning") == ("bucket",)


def test_repositories_side_by_side_are_named_and_paths_start_at_each(tmp_path: Path) -> None:
    for name in ("infra", "shop"):
        (tmp_path / name).mkdir()
        tree(tmp_path / name, main_tf=BUCKET)
    state = tmp_path / "x.json"
    state.write_text(json.dumps(a_state(arn="arn:aws:s3:::b", id="b")))
    subject = Subject(HERE, "Bucket", "arn:aws:s3:::b")
    ownership = Ownership(tmp_path, [StateFile(state, tmp_path / "shop")])
    found = ownership.locate(subject, [])
    assert found is not None
    assert (found.path, found.repository, ownership.repositories) == ("main.tf", "shop", ("infra", "shop"))
    named = Ownership(tmp_path / "shop", [StateFile(state, tmp_path / "shop", "acme/shop")])
    found = named.locate(subject, [])
    assert found is not None
    assert (found.path, found.repository, named.repositories) == ("main.tf", "acme/shop", ("acme/shop",))
