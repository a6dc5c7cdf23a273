"""Size limits that no linter knows; they guard the tail, taste guards the rest."""

import ast

from tests.project.tree import ROOT, project_files, shown

FILE_LINES = 400
TEST_FILE_LINES = 500
CLASS_LINES = 250
CLASS_METHODS = 20
TEMPLATE_LINES = 80
VIEW_LINES = 25

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OUR_CODE = [path for path in project_files(".py") if "migrations" not in path.parts]


def _line_count(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def _nodes(paths, kinds):
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                yield f"{shown(path)}: {node.name}", node


def _length(node):
    return node.end_lineno - node.lineno + 1


def _is_test(path):
    return path.is_relative_to(ROOT / "tests")


def _is_view(path):
    return path.is_relative_to(ROOT / "syncconfigs" / "views")


def test_no_file_is_too_long():
    limits = {path: TEST_FILE_LINES if _is_test(path) else FILE_LINES for path in OUR_CODE}
    lengths = {path: _line_count(path) for path in limits}
    assert {shown(path): lengths[path] for path in limits if lengths[path] > limits[path]} == {}


def test_no_class_is_too_long():
    lengths = {name: _length(node) for name, node in _nodes(OUR_CODE, ast.ClassDef)}
    assert {name: length for name, length in lengths.items() if length > CLASS_LINES} == {}


def test_no_class_has_too_many_methods():
    counts = {
        name: sum(isinstance(child, FUNCTIONS) for child in node.body)
        for name, node in _nodes(OUR_CODE, ast.ClassDef)
    }
    assert {name: count for name, count in counts.items() if count > CLASS_METHODS} == {}


def test_no_view_function_is_too_long():
    views = [path for path in OUR_CODE if _is_view(path)]
    lengths = {name: _length(node) for name, node in _nodes(views, FUNCTIONS)}
    assert {name: length for name, length in lengths.items() if length > VIEW_LINES} == {}


def test_no_template_is_too_long():
    lengths = {shown(path): _line_count(path) for path in project_files(".html")}
    assert {name: length for name, length in lengths.items() if length > TEMPLATE_LINES} == {}
