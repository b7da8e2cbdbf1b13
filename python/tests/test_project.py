"""The version of the project is in one place; what cannot read it there says the same."""

import re
import xml.etree.ElementTree as ElementTree

from examples import ROOT

import distkv

POM = "{http://maven.apache.org/POM/4.0.0}"


def pom(file):
    return ElementTree.parse(file).getroot()


def test_every_module_has_the_version_of_the_project():
    root = pom(ROOT / "pom.xml")
    revision = root.findtext(f"{POM}properties/{POM}revision")
    assert re.fullmatch(r"\d+\.\d+\.\d+", revision)
    assert root.findtext(f"{POM}version") == "${revision}"
    modules = [one.text for one in root.find(f"{POM}modules")]
    assert len(modules) > 8
    for module in modules:
        assert pom(ROOT / module / "pom.xml").findtext(f"{POM}parent/{POM}version") == "${revision}", module


def test_python_and_the_changelog_have_it_too():
    revision = pom(ROOT / "pom.xml").findtext(f"{POM}properties/{POM}revision")
    assert distkv.__version__ == revision
    newest = next(line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    assert re.fullmatch(rf"## {re.escape(revision)} — (unreleased|\d{{4}}-\d\d-\d\d)", newest)
