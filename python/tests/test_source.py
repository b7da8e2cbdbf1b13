"""The shape of the source: who imports whom, how long functions are, and what a package holds."""

import ast
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path as File

import pytest

PACKAGE = File(__file__).parents[1] / "distkv"
LONGEST_FUNCTION = 70
MOST_FILES = 25


def modules(root):
    """The syntax tree of each module, by its dotted name; a package is called as its directory is."""
    found = {}
    for file in sorted(root.rglob("*.py")):
        parts = (root.name, *file.relative_to(root).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = (file, ast.parse(file.read_text()))
    return found


def imports(name, file, tree, known):
    """The known modules that this one imports anywhere: within functions and for type checkers, too."""
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in known)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, node.module] if node.module else start)
            for one in node.names:
                full = f"{base}.{one.name}"
                if full in known or base in known:
                    yield full if full in known else base


def module_graph(found):
    """What each module imports; a package around the importer is being imported anyway."""
    return {
        name: {one for one in imports(name, file, tree, found) if not f"{name}.".startswith(f"{one}.")}
        for name, (file, tree) in found.items()
    }


def package_graph(found):
    """What each package imports of other packages; a module right below the root counts as a package."""
    packages = {name for name, (file, _) in found.items() if file.name == "__init__.py"}

    def package_of(name):
        return name if name in packages or name.count(".") == 1 else name.rpartition(".")[0]

    graph = {}
    for name, imported in module_graph(found).items():
        others = {package_of(one) for one in imported} - {package_of(name)}
        graph.setdefault(package_of(name), set()).update(others)
    return graph


def cycle(graph):
    """A cycle in the graph, as the names along it, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def long_functions(found):
    return [
        f"{file}:{one.lineno} {one.name}"
        for file, tree in found.values()
        for one in functions(tree)
        if one.end_lineno - one.lineno >= LONGEST_FUNCTION
    ]


def hidden_imports(found):
    """Imports of our own modules within functions."""
    return [
        f"{file}:{node.lineno}"
        for name, (file, tree) in found.items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and any(imports(name, file, node, found))
    ]


def repeated_classes(found):
    """Public classes that share their name with another one."""
    names = Counter(
        node.name
        for _, tree in found.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    return [name for name, times in names.items() if times > 1]


def is_one_sentence(text):
    """Whether the first paragraph of a docstring is one sentence."""
    first = " ".join((text or "").strip().partition("\n\n")[0].split())
    return first.endswith(".") and ". " not in first


def test_no_module_imports_itself_by_way_of_others():
    assert cycle(module_graph(modules(PACKAGE))) == []


def test_no_package_imports_itself_by_way_of_others():
    assert cycle(package_graph(modules(PACKAGE))) == []


def test_no_import_is_hidden_in_a_function():
    assert hidden_imports(modules(PACKAGE)) == []


def test_functions_fit_a_screen():
    assert long_functions(modules(PACKAGE)) == []


def test_no_two_public_classes_have_one_name():
    assert repeated_classes(modules(PACKAGE)) == []


def test_packages_are_small_and_say_in_one_sentence_what_they_are():
    found = modules(PACKAGE)
    for init in PACKAGE.rglob("__init__.py"):
        assert len(list(init.parent.glob("*.py"))) <= MOST_FILES, init.parent
    wordy = [name for name, (file, tree) in found.items() if file.name == "__init__.py" and not told_well(tree)]
    assert wordy == []


def told_well(tree):
    return is_one_sentence(ast.get_docstring(tree))


@pytest.fixture
def planted(tmp_path):
    """A package of the given files."""

    def plant(**files):
        for name, text in {"__init__": '"""A package."""', **files}.items():
            file = tmp_path / "pack" / f"{name.replace('__in__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return modules(tmp_path / "pack")

    return plant


@pytest.mark.parametrize(
    "back",
    [
        "from .one import x",
        "from . import one",
        "import pack.one",
        "def f():\n    from pack.one import x",
        "if 0:\n  from .one import x",
    ],
)
def test_a_cycle_is_found_wherever_its_import_stands(planted, back):
    assert set(cycle(module_graph(planted(one="from .two import y", two=back)))) == {"pack.one", "pack.two"}


def test_a_cycle_of_packages_is_found_where_no_modules_have_one(planted):
    found = planted(
        a__in____init__='"""A."""', b__in____init__='"""B."""',
        a__in__one="from ..b import one", a__in__two="", b__in__one="from ..a.two import x",
    )  # fmt: skip
    assert cycle(module_graph(found)) == []
    assert set(cycle(package_graph(found))) == {"pack.a", "pack.b"}


def test_a_hidden_import_a_long_function_and_a_second_class_are_found(planted):
    long = "class X: pass\ndef g():" + LONGEST_FUNCTION * "\n    pass"
    found = planted(one="class X: pass\ndef f():\n    from . import two", two=long)
    assert [place.rpartition("/")[2] for place in hidden_imports(found)] == ["one.py:3"]
    assert [place.rpartition(" ")[2] for place in long_functions(found)] == ["g"]
    assert repeated_classes(found) == ["X"]


@pytest.mark.parametrize(("text", "fits"), [("One.", True), ("One\nand two.", True), ("One. Two.", False), ("", False)])
def test_a_sentence_is_one(text, fits):
    assert is_one_sentence(text) == fits
