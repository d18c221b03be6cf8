"""A catalogue judged in Spark, in the workers' own processes, by the README's own example, beside `assay gate`."""

import os
import shutil
import sys

import assay_gate
import pyarrow as pa
import pytest

from shop import ON, as_text, readme

pyspark = pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("NO JAVA: the gate was not tried in Spark", allow_module_level=True)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("assay-gate")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "5000",
        "spark.sql.files.maxPartitionBytes": "1m",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_spark_says_what_the_command_says(shop, spark):
    catalogue = spark.read.csv(str(shop.catalogue), header=True, quote='"', escape='"')
    assert catalogue.rdd.getNumPartitions() > 1
    example = readme("py").replace("/mnt/shop.snap", str(shop.snapshot)).replace("/mnt/trust.txt", str(shop.folder / "trust.txt"))
    example = example.replace('keep=["sku"]', 'keep=["sku"], on=ON')
    names = {"__name__": "__main__", "assay_gate": assay_gate, "pa": pa, "ON": ON, "catalogue": catalogue}
    exec(example, names)
    rows = names["verdicts"].collect()
    got = {row["sku"]: as_text(row.asDict()) for row in rows}
    wanted = shop.gate()
    assert len(rows) == len(got) == len(wanted)
    differing = [(listing["ean"], got[row["sku"]], row) for listing, row in zip(shop.listings, wanted) if got[row["sku"]] != row]
    assert not differing, differing[:5]
    assert len({row["verdict"] for row in rows}) == 4


def test_what_the_module_refuses_ends_the_job_with_its_sentence(shop, spark):
    snapshot_file = str(shop.snapshot)

    def judge(batches):
        import assay_gate
        import pyarrow as pa

        snapshot = assay_gate.Snapshot.open(snapshot_file)
        for batch in batches:
            yield from pa.RecordBatchReader.from_stream(snapshot.judge(batch, gtin="barcode"))

    catalogue = spark.read.csv(str(shop.catalogue), header=True)
    with pytest.raises(Exception, match="gtin: there is no column `barcode`"):
        catalogue.mapInArrow(judge, "gtin14 string, verdict string, reason string, updates_until date, label string").collect()
