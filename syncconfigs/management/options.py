"""The command line of Data Manager: every option as Teamwork Cloud's users type it."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Mapping
from typing import Any, NamedTuple

ELSEWHERE: Mapping[tuple[str, ...], str] = {
    ("-drb", "--delete-branch"): (
        "A single branch is not deleted here: of a copy only the whole can go (-dr), a branch of a"
        " local resource is archived over the Teamwork Cloud API (docs/osmc.md)."
    ),
    ("-drr", "--delete-revision"): (
        "A single revision is not deleted here: the chain of digests over all revisions would"
        " prove nothing any more. Delete the whole resource (-dr)."
    ),
    ("-sgdr",): (
        "Editing is not denied this way on a node: take the role Resource Contributor away"
        " (the administration page, Role grants). On a Teamwork Cloud, run its own Data Manager."
    ),
    ("-sgdb",): (
        "Branches are not denied one by one on a node: take the role Resource Contributor away"
        " for their category (the administration page, Role grants)."
    ),
    ("-lgdr",): "A node has no list of denied resources: see the role grants of the accounts.",
    ("-lgdb",): "A node has no list of denied branches: see the role grants of the accounts.",
    ("-vrc",): "Validate with `manage.py verify_store --content`: it recomputes every digest.",
    ("-ve",): "Validate with `manage.py verify_store --content`: it recomputes every digest.",
    ("-lu", "--list-users"): "The accounts stand on the administration page, under Users.",
    ("-du", "--delete-user"): "Delete accounts on the administration page, under Users.",
}
"""What Teamwork Cloud's Data Manager does and ours does not, each with what to do instead."""


RESOURCE_ID, CATEGORY_ID, BRANCH_ID = "resourceID", "categoryID", "branchID"
NAMES = (RESOURCE_ID, CATEGORY_ID, BRANCH_ID)


class Act(NamedTuple):
    """An act, the options that ask for it, and what its help says."""

    name: str
    options: tuple[str, ...]
    takes: str
    help: str


ACTS = (
    Act(
        "release",
        ("-rrof", "--remove-read-only-flag"),
        "WORD",
        "make copies editable: --resourceID=<id>,<id> --categoryID=<id>,<id>",
    ),
    Act(
        "restore",
        ("--restore-read-only",),
        "WORD",
        "undo that, as long as nothing was changed: with the same ids",
    ),
    Act("resources", ("-lr", "--list-resources"), "", "list the resources"),
    Act(
        "marked",
        ("-lrd", "--list-marked-deleted-resources"),
        "",
        "list those that are marked as deleted",
    ),
    Act("categories", ("-lcat", "--list-categories"), "", "list the categories"),
    Act("branches", ("-lb", "--list-branches"), "WORD", "list branches: resourceID=<id>"),
    Act(
        "revisions",
        ("-lrv", "--list-revisions"),
        "WORD",
        "list revisions: resourceID=<id> branchID=<id>",
    ),
    Act(
        "delete",
        ("-dr", "--delete-resource"),
        "WORD",
        "mark resources as deleted: <id> <id>; -urd takes it back",
    ),
    Act(
        "purge",
        ("-drd", "--delete-marked-deleted-resources"),
        "",
        "delete for good what is marked; asks first, unless with --yes",
    ),
    Act("undelete", ("-urd",), "WORD", "take the mark of deletion back: <id> <id>"),
    Act("version", ("-version",), "", "say which version this is"),
)


def add_options(parser: ArgumentParser) -> None:
    """Add all options of Data Manager; exactly one act is to be given."""
    parser.allow_abbrev = False
    acts = parser.add_mutually_exclusive_group()
    for act in ACTS:
        more: dict[str, Any] = {"action": "store_true"}
        if act.takes:
            more = {"nargs": "*", "metavar": act.takes}
        acts.add_argument(*act.options, dest=act.name, help=act.help, **more)
    acts.add_argument("-help", action="help", help="show this")
    for options in ELSEWHERE:
        acts.add_argument(*options, dest=f"not_{options[0]}", nargs="*", help=SUPPRESS)
    add_ids(parser)
    add_manner(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask before -drd")


def add_ids(parser: ArgumentParser) -> None:
    """Add the lists of ids; some texts print them with one dash."""
    for name, what in ((RESOURCE_ID, "resources"), (CATEGORY_ID, "categories, with all below")):
        parser.add_argument(
            f"--{name}",
            f"-{name}",
            action="append",
            default=[],
            metavar="ID,ID",
            help=f"ids of {what}",
        )


def add_manner(parser: ArgumentParser) -> None:
    """Add how it is to be done."""
    parser.add_argument(
        "--dry-run", action="store_true", help="check all of it and say what would be done"
    )
    parser.add_argument(
        "--detach",
        action="store_true",
        help="take copies out of the configurations that own them; they stay excluded",
    )
    parser.add_argument("--reason", default="", help="why; it stands in the audit record")


def refusal_of(options: Mapping[str, Any]) -> str:
    """Return what to do instead of what was asked for; empty where that is done here."""
    for names, sentence in ELSEWHERE.items():
        if options.get(f"not_{names[0]}") is not None:
            return f"{names[0]}: {sentence}"
    return ""


def act_of(options: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return which act was asked for, empty for none, and the words behind it."""
    for act in ACTS:
        value = options.get(act.name)
        if value is not None and value is not False:
            return act.name, value if isinstance(value, list) else []
    return "", []


def pairs_of(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return words like `resourceID=a,b` by their name, and the words without such a name."""
    pairs: dict[str, list[str]] = {}
    bare = []
    for word in words:
        name, is_pair, value = word.lstrip("-").partition("=")
        if is_pair and name in NAMES:
            pairs.setdefault(name, []).append(value)
        else:
            bare.append(word)
    return pairs, bare
