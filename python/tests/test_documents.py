"""What must hold for every document: nothing points nowhere, lines can be read, decisions have a date and a status."""

import os
import re
from pathlib import Path as File

import pytest
from examples import ROOT

WIDTH = 120
LEFT_OUT = {".git", "build", "target", "__pycache__", ".venv", ".idea", ".vscode"} | {
    f".{tool}_cache" for tool in ("pytest", "mypy", "ruff")
}
TEXT = {".md", ".java", ".py", ".xml", ".toml", ".yml", ".txt", ""}
LINK = re.compile(r"\[[^]\[]+\]\(([^)\s]+)\)")
DOCUMENT = re.compile(r"(?<![\w/.:-])(?:[\w.-]+/)*[\w.-]+\.md\b")
IN_DOCS = re.compile(r"(?<![\w/])docs/[\w./-]*\w")


def project():
    """The project's files, without what is made from them."""
    for directory, below, names in os.walk(ROOT):
        below[:] = sorted(set(below) - LEFT_OUT)
        yield from (File(directory, name) for name in sorted(names))


FILES = list(project())
DOCUMENTS = [one for one in FILES if one.suffix == ".md"]
DECISIONS = [one for one in DOCUMENTS if one.parent.name == "decisions" and one.name != "README.md"]
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=[str(one.relative_to(ROOT)) for one in DOCUMENTS])


def prose(document):
    """Its lines with their numbers, without blocks of code."""
    code = False
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code:
            yield number, line


def anchors(document):
    """The places in a document that a link can lead to, as they are made from its headings."""
    found = set(re.findall(r'<a name="([^"]+)"', document.read_text()))
    for _, line in prose(document):
        if line.startswith("#"):
            heading = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", line.lstrip("# ").strip().lower())
            found.add(re.sub(r"[^\w -]", "", heading).replace(" ", "-"))
    return found


@every_document
def test_links_lead_somewhere(document):
    for link in LINK.findall("\n".join(line for _, line in prose(document)).replace("\n", " ")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        if anchor:
            assert target.suffix == ".md", link
            assert anchor in anchors(target), link


@every_document
def test_lines_can_be_read_without_turning_the_head(document):
    lines = document.read_text().splitlines()
    assert [f"{n}: {line}" for n, line in enumerate(lines, 1) if len(line) > WIDTH and not line.startswith("|")] == []


def test_every_document_that_is_mentioned_is_there():
    missing = []
    texts = [one for one in FILES if one.suffix in TEXT]
    assert len(texts) > 500
    for file in texts:
        text = file.read_text(errors="replace")
        mentioned = {one for one in DOCUMENT.findall(text) if not one.startswith(".")} | set(IN_DOCS.findall(text))
        missing += [f"{file.relative_to(ROOT)}: {one}" for one in mentioned if not is_there(file, one)]
    assert missing == []


def is_there(file: File, mentioned: str) -> bool:
    places = (file.parent, ROOT, ROOT / "docs")
    return any((place / mentioned).exists() for place in places)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda one: one.stem)
def test_decisions_have_a_number_a_date_and_a_status_and_are_listed(decision):
    title, empty, status, *_ = decision.read_text().splitlines()
    assert title.startswith(f"# {int(decision.stem[:4])}. ")
    assert empty == ""
    assert re.fullmatch(r"\*\d{4}-\d\d-\d\d · (proposed|accepted|superseded)(, .*)?\*", status), status
    listed = re.findall(r"\]\((0[^)]+)\)", (decision.parent / "README.md").read_text())
    assert listed.count(decision.name) == 1


STATION = re.compile(r"\[`(\w+)\.(\w+)`\]\(([^)#]+)\)")
# Each walk: how many stations it has, and how many files it may open.
WALKS = {"One `set_value`": (10, 30), "One job": (10, 37), "One `setup_done`": (6, 11)}
ARCHITECTURE = ROOT / "ARCHITECTURE.md"


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_has_so_many_stations_and_leads_to_what_it_names(walk):
    length, files = WALKS[walk]
    section = ARCHITECTURE.read_text().split(f"\n## {walk}", 1)[1].split("\n## ", 1)[0]
    stations = re.findall(r"^(\d+)\. ", section, re.MULTILINE)
    assert stations == [str(number) for number in range(1, length + 1)]
    named = STATION.findall(section)
    assert len(named) >= length
    for owner, member, file in named:
        source = (ROOT / file).read_text()
        assert re.search(rf"\b(?:class|record|interface|enum)\s+{owner}\b", source), f"{file}: {owner}"
        # A method in Java or in Python, with its signature, or the constant of an enum.
        declared = rf"(?:def|[\w>\]?@]\s+){member}\(|^class {member}\b"
        assert re.search(declared, source, re.MULTILINE), f"{file}: {owner}.{member}"
    opened = set(re.findall(r"\]\(([^)#]+\.(?:java|py))\)", section))
    assert f"{len(opened)} files" in section
    assert len(opened) <= files
