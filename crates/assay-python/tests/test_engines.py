"""The same rows through other people's engines, beside `assay gate`: the same verdicts, row by row."""

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest

from shop import COLUMNS, ON, as_text


def arrow(shop):
    return pa.Table.from_pylist(shop.listings)


def same(shop, verdicts, *options):
    """`verdicts` are rows, with the article number kept."""
    got, wanted = [as_text(row) for row in verdicts], shop.gate(*options)
    assert len(got) == len(wanted) == len(shop.listings)
    differing = [(listing["ean"], one, other) for listing, one, other in zip(shop.listings, got, wanted) if one != other]
    assert not differing, differing[:5]
    return got


@pytest.mark.parametrize(
    ("options", "arguments", "answers"),
    [
        ([], {}, 4),
        (["--scope-check", "off"], {"scope_check": False}, 3),
        (["--scheme", "uk-psti"], {"scheme": "uk-psti"}, 2),
        (["--territory", "northern-ireland"], {"territory": "northern-ireland"}, 4),
        (["--supported-for", "24"], {"supported_for": 24}, 4),
    ],
)
def test_pyarrow(shop, snapshot, options, arguments, answers):
    verdicts = snapshot.judge(arrow(shop), keep=["sku"], on=ON, **arguments)
    got = same(shop, pa.table(verdicts).to_pylist(), *options)
    # Otherwise little would be compared: each scheme and choice gives other answers.
    assert len({row["verdict"] for row in got}) == answers and len({row["reason"] for row in got}) > 12


def test_pyarrow_reader_of_small_batches(shop, snapshot):
    reader = pa.RecordBatchReader.from_batches(arrow(shop).schema, iter(arrow(shop).to_batches(max_chunksize=777)))
    verdicts = pa.RecordBatchReader.from_stream(snapshot.judge(reader, keep=["sku"], on=ON))
    batches = list(verdicts)
    assert [len(batch) for batch in batches] == [777] * 77 + [60_000 - 77 * 777]
    same(shop, pa.Table.from_batches(batches).to_pylist())


def test_pyarrow_slices_and_dictionaries(shop, snapshot):
    table = arrow(shop).slice(1, 59_000)
    table = table.set_column(1, "ean", table["ean"].dictionary_encode()).combine_chunks().slice(10, 50_000)
    got = pa.table(snapshot.judge(table, keep=["sku"], on=ON)).to_pylist()
    assert [as_text(row) for row in got] == shop.gate()[11:50_011]


def test_polars(shop, snapshot):
    frame = pl.read_csv(shop.catalogue, infer_schema=False)
    verdicts = pl.DataFrame(snapshot.judge(frame, keep=["sku"], on=ON))
    assert verdicts.columns == ["sku", *COLUMNS] and verdicts["updates_until"].dtype == pl.Date
    same(shop, verdicts.to_dicts())


def test_pandas(shop, snapshot):
    frame = pd.DataFrame(shop.listings)
    verdicts = pa.table(snapshot.judge(frame, keep=["sku"], on=ON)).to_pandas()
    same(shop, pa.Table.from_pandas(verdicts, preserve_index=False).to_pylist())


def test_duckdb(shop, snapshot):
    connection = duckdb.connect()
    relation = connection.sql(f"from read_csv('{shop.catalogue}', all_varchar = true)")
    verdicts = snapshot.judge(relation, keep=["sku"], on=ON)  # noqa: F841 — DuckDB finds it by its name
    result = connection.sql("from verdicts order by sku").fetchall()
    same(shop, [dict(zip(["sku", *COLUMNS], row)) for row in result])
