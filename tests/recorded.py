"""What the sources write into the record, read from the sources themselves."""

import ast
from collections.abc import Iterator
from itertools import product

# Who writes an entry, and by which argument its action is named.
WRITERS = {"record", "audit.record"}
# What can be done to every Changeable; by which argument of changing.do another deed is named.
USUAL, DEED = {"edited", "undone"}, 3


def actions(source: str) -> Iterator[str]:
    """The actions that a module records, as far as it names them itself."""
    tree = ast.parse(source)
    for function in _all(tree, ast.FunctionDef):
        for call in _all(function, ast.Call):
            if _called(call) in WRITERS:
                yield from _texts(call.args[0], tree, function)
            elif _called(call) == "changing.do":
                deeds = _texts(call.args[DEED], tree, function)
                yield from (f"{of}.{deed}" for of in _texts(call.args[0], tree) for deed in deeds)
    for call in _all(tree, ast.Call):
        if _called(call) == "Changeable":
            yield from (f"{of}.{deed}" for of in _texts(call.args[0], tree) for deed in USUAL)


def _texts(node: ast.AST, tree: ast.Module, function: ast.FunctionDef | None = None) -> set[str]:
    """What an expression may say: a text, one of two, a constant of the module, what a function here is given."""
    match node:
        case ast.Constant():
            return {str(node.value)}
        case ast.IfExp():
            return _texts(node.body, tree, function) | _texts(node.orelse, tree, function)
        case ast.JoinedStr():
            return {"".join(parts) for parts in product(*(_texts(part, tree, function) for part in node.values))}
        case ast.FormattedValue():
            return _texts(node.value, tree, function)
        case ast.Name():
            return _constant(node.id, tree) or (_given(node.id, tree, function) if function else set())
        case ast.Call() if _called(node) == "Changeable":
            return _texts(node.args[0], tree)
    return set()


def _constant(name: str, tree: ast.Module) -> set[str]:
    """What a name of the module stands for."""
    lines = (line for line in tree.body if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name)
    return {text for line in lines for text in _texts(line.value, tree)}


def _given(name: str, tree: ast.Module, function: ast.FunctionDef) -> set[str]:
    """What a function of the module is called with, by the place of a parameter."""
    names = [one.arg for one in function.args.args]
    calls = (call for call in _all(tree, ast.Call) if name in names and _called(call) == function.name)
    return {text for call in calls for text in _texts(call.args[names.index(name)], tree)}


def _all(tree: ast.AST, kind: type) -> Iterator:
    return (one for one in ast.walk(tree) if isinstance(one, kind))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)
