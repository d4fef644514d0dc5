"""Budgets of the code (DESIGN 6): small functions, small modules, said types, said purposes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION, MOST_LINES, USUAL = 40, 400, 25
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """Every module of the product, migrations aside."""
    return [path for package in ("newsroom", "publishing", "distribution") for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]


def functions() -> Iterator[tuple[str, Function]]:
    """Every function with the place it stands at."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def length(node: Function) -> int:
    """Lines of a function without its docstring."""
    doc = node.body[0] if ast.get_docstring(node) is not None else None
    return (node.end_lineno or node.lineno) - node.lineno + 1 - ((doc.end_lineno or 0) - doc.lineno + 1 if doc else 0)


def test_no_function_is_longer_than_forty_lines() -> None:
    assert [place for place, node in functions() if length(node) > LONGEST_FUNCTION] == []


def test_nine_of_ten_functions_have_twenty_five_lines_or_fewer() -> None:
    lengths = [length(node) for _place, node in functions()]
    assert sum(size <= USUAL for size in lengths) / len(lengths) >= 0.9


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > MOST_LINES] == []


def test_every_function_says_what_it_returns() -> None:
    assert [place for place, node in functions() if node.returns is None and node.name != "__init__"] == []


@pytest.mark.parametrize("kind", ["services", "selectors"])
def test_every_public_function_of_a_front_door_says_what_it_is_for(kind: str) -> None:
    silent = []
    for path in modules():
        if path.stem == kind:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, Function) and not node.name.startswith("_") and ast.get_docstring(node) is None:
                    silent.append(f"{path.relative_to(ROOT)} {node.name}")
    assert silent == []


def test_no_module_hides_its_subject() -> None:
    assert [str(path) for path in modules() if path.stem in ("utils", "helpers", "misc")] == []
