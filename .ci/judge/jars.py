"""Looks into the jars of the build with Python's zipfile alone."""

import re
import time
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]

# Licences and lists of services, which add up.
SHARED = re.compile("META-INF/|LICENSE|NOTICE")
OWN = re.compile("org/velella/(?!shaded/)|META-INF/(MANIFEST|services/.*[vV]elella)")


def files(jar):
    with ZipFile(jar) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def shadowed(bundle, spark_jars):
    """Files of the bundle that a jar of Spark's has, too, by the jar's name."""
    ours = {name for name in files(bundle) if not SHARED.match(name)}
    assert "org/velella/spark/cli/Velella.class" in ours
    found = {jar.name: sorted(ours & files(jar)) for jar in sorted(spark_jars)}
    assert found, "no jars of Spark"
    return {jar: names for jar, names in found.items() if names}


def built():
    jars = sorted(ROOT.glob("*/target/velella-*.jar"))
    assert {jar.parts[-3] for jar in jars} == {"core", "gpu", "spark-job", "notebooks"}, jars
    return jars


def traces_of_this_build():
    """What would differ in a build of another time or place: dates, paths."""
    stamp = re.search(
        "<project.build.outputTimestamp>([^<]*)Z<", (ROOT / "pom.xml").read_text("utf-8")
    )[1]
    fixed = time.strptime(stamp, "%Y-%m-%dT%H:%M:%S")[:6]
    place = str(ROOT).encode()
    traces = []
    for jar in built():
        with ZipFile(jar) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names):
                traces.append(f"{jar.name} has a file twice")
            for entry in archive.infolist():
                # Of the bundle, the rest comes as it is from jars with fixed versions.
                if jar.name.endswith("-bundle.jar") and not OWN.match(entry.filename):
                    continue
                if entry.date_time != fixed:
                    traces.append(f"{jar.name}: {entry.filename} is of {entry.date_time}")
                if place in archive.read(entry):
                    traces.append(f"{jar.name}: {entry.filename} says where it was built")
    return traces
