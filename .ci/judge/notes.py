"""Runs the notes that have Python cells on a stock PySpark, as Zeppelin's %spark.pyspark would.

What each cell must show stands in notebooks/src/test/resources/python-notes.json, which the tests of
the notebooks read, too: a note with a Python cell that is not listed there fails the build.
"""

import ast
import contextlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "notebooks/src/main/zeppelin"
EXPECTED = ROOT / "notebooks/src/test/resources/python-notes.json"

MOST_BYTES = 102_400
MOST_ROWS = 1000
FORM = re.compile(r"(?P<wide>\$)?\$\{(?P<name>[^=}:]+)(?:=(?P<default>[^},|]*))?\}")
BANNED = {"script", "iframe", "object", "embed", "link", "base", "form", "foreignobject"}


class Context:
    """What Zeppelin gives to Python cells as z, as far as notes use it."""

    def __init__(self, given):
        self.given = given
        self.asked = set()

    def noteTextbox(self, name, defaultValue=""):
        self.asked.add(name)
        return self.given.get(name, defaultValue)

    def textbox(self, name, defaultValue=""):
        return defaultValue

    def select(self, name, options, defaultValue=""):
        assert defaultValue in [value for value, _ in options], f"{name} does not offer {defaultValue}"
        return defaultValue

    def show(self, value):
        print(table(value) if hasattr(value, "_jdf") else value)

    def expand(self, text):
        """Text of a cell whose forms stand in it."""

        def value(form):
            default = form["default"] or ""
            return self.noteTextbox(form["name"], default) if form["wide"] else default

        return FORM.sub(value, text)


def table(frame):
    def cell(value):
        return "null" if value is None else re.sub(r"[\t\n]", " ", str(value))

    rows = [frame.columns] + [[cell(value) for value in row] for row in frame.take(MOST_ROWS)]
    return "%table " + "\n".join("\t".join(row) for row in rows) + "\n"


def python(code, names):
    """What a cell prints; the value of a last expression is printed, too."""
    body = ast.parse(code).body
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(ast.Module(body[:-1], []), "<cell>", "exec"), names)
        exec(compile(ast.Interactive(body[-1:]), "<cell>", "single"), names)
    return shown.getvalue()


def cells(note):
    for paragraph in note["paragraphs"]:
        text = paragraph.get("text", "").strip()
        if text:
            interpreter, _, code = text.partition("\n") if text[0] == "%" else ("%spark", "", text)
            yield interpreter[1:].strip(), code


def with_python():
    """Names of the notes that have a Python cell."""
    return [
        file.stem
        for file in sorted(NOTES.glob("*.zpln"))
        if any("pyspark" in kind for kind, _ in cells(json.loads(file.read_text("utf-8"))))
    ]


def rows(output):
    found = [line.split("\t") for line in output.removeprefix("%table ").strip("\n").split("\n")]
    assert len(found) > 1, "the table has no rows"
    assert {len(row) for row in found} == {len(found[0])}, "rows differ in length"
    return found


def require_html(html):
    root = ElementTree.fromstring(f"<div>{html}</div>")
    assert not "".join([root.text or ""] + [child.tail or "" for child in root]).strip(), html[-200:]
    for element in root.iter():
        tag = element.tag.rpartition("}")[2].lower()
        assert tag not in BANNED, tag
        for name, value in element.attrib.items():
            name, value = name.rpartition("}")[2].lower(), value.lower()
            assert not name.startswith("on") and name not in ("href", "src"), (tag, name)
            assert not re.search(r"url\(|javascript:|nan|infinity", value), (tag, name, value)
    (figure,) = [element for element in root if element.tag.endswith("svg")]
    assert re.fullmatch("0 0 [1-9][0-9]* [1-9][0-9]*", figure.get("viewBox")), figure.attrib
    assert len(list(figure.iter("{http://www.w3.org/2000/svg}path"))) >= 3
    return figure.find("{http://www.w3.org/2000/svg}title").text


def require(expected, output, earlier):
    """That a cell shows what it must, and nothing that Zeppelin would cut off or refuse."""
    assert len(output.encode()) <= MOST_BYTES, f"{len(output.encode())} bytes"
    if expected["interpreter"] == "md":
        return
    order = re.match(r"%([a-z]+) ", output)
    assert "\n%" not in output, f"several kinds of output: {output}"
    kind = order[1] if order else "text"
    assert kind in expected, f"shows {kind}: {output}"
    if kind == "text":
        assert expected["text"] in output, output
    elif kind == "html":
        assert expected["html"] in require_html(output.removeprefix("%html ")), output[:300]
    else:
        header, *body = rows(output)
        assert len(body) == expected["table"]["rows"], output
        for name, values in expected["table"]["columns"].items():
            assert [row[header.index(name)] for row in body] == values, output
    if "same_as" in expected:
        assert output.strip() == earlier[expected["same_as"] - 1].strip(), output


def run(name, spark, folder):
    """Runs all cells of a note in order; an error names note and cell."""
    note = json.loads((NOTES / f"{name}.zpln").read_text("utf-8"))
    expected = json.loads(EXPECTED.read_text("utf-8"))[name]
    found = list(cells(note))
    assert [kind for kind, _ in found] == [cell["interpreter"] for cell in expected], found
    context = Context({"folder": str(folder)})
    names = {"spark": spark, "sc": spark.sparkContext, "z": context}
    outputs = []
    for number, ((kind, code), must) in enumerate(zip(found, expected), start=1):
        try:
            if kind == "md":
                outputs.append(context.expand(code))
            elif kind == "spark.sql":
                outputs.append(table(spark.sql(context.expand(code))))
            else:
                assert kind == "spark.pyspark", f"nothing here runs %{kind}"
                outputs.append(python(code, names))
            require(must, outputs[-1], outputs)
        except Exception as error:
            raise AssertionError(f"{note['name']}, paragraph {number} (%{kind})\n{code}") from error
    assert "folder" in context.asked, "the note asks for no folder"
    return outputs
