"""Reads a run over Spark Connect, whose clients have no JVM, and compares with its Parquet files.

    pip install -r .ci/judge/requirements.txt 'pyspark[connect]==4.2.0'
    python .ci/extra/connect.py

Run it after `mvn verify`, as the judge.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def judge():
    path = ROOT / ".ci/judge/judge.py"
    spec = importlib.util.spec_from_file_location("judge", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    build = judge()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        build.simulate(run)
        spark = (
            SparkSession.builder.remote("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.jars", str(build.bundle()))
            .config("spark.sql.catalog.velella", "org.velella.spark.catalog.RunCatalog")
            .getOrCreate()
        )
        assert isinstance(spark, ConnectSession), spark
        try:
            for table in ("results", "spikes"):
                expected = build.digest(spark.read.parquet(f"{run}/{table}"))
                by_format = spark.read.format(f"velella-{table}").load(str(run))
                assert build.digest(by_format) == expected, table
                by_catalog = spark.sql(f"SELECT * FROM velella.`{run}`.{table}")
                assert build.digest(by_catalog) == expected, table
            states = spark.read.format("velella-checkpoint").load(str(run))
            assert states.where("memory = 'lif1.v'").count() == 16
            tables = {row.tableName for row in spark.sql(f"SHOW TABLES IN velella.`{run}`").collect()}
            assert {"results", "spikes", "checkpoint"} <= tables, tables
        finally:
            spark.stop()
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
