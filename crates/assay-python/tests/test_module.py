"""What the module takes and refuses, and the sentences that it says."""

import csv
import datetime
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import assay_gate
import pyarrow as pa
import pytest

from shop import COLUMNS, ON, Shop, as_text, assay, with_check_digit, write

KNOWN = "4006381333931"


def gtins(snapshot, cells, **arguments):
    """The GTIN and the reason of every cell of a column."""
    table = pa.table({"gtin": cells})
    rows = pa.table(snapshot.judge(table, on=ON, **arguments)).to_pylist()
    return [(row["gtin14"], row["reason"]) for row in rows]


def refused(snapshot, table, kind=ValueError, **arguments):
    with pytest.raises(kind) as caught:
        snapshot.judge(table, **arguments)
    assert type(caught.value) is kind
    return str(caught.value)


def test_a_snapshot_says_what_it_is(shop, snapshot):
    assert (snapshot.number, snapshot.log_size, snapshot.records, len(snapshot)) == (1, 0, 2020, 2020)
    assert (snapshot.issued, snapshot.valid_until) == (datetime.date(2026, 11, 1), datetime.date(2026, 12, 1))
    assert snapshot.root == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" and snapshot.log_origin
    assert repr(snapshot) == f"<assay_gate.Snapshot {shop.snapshot}: number 1, 2020 records, good until 2026-12-01>"


def test_what_was_changed_or_signed_by_others_is_refused(shop, tmp_path):
    whole = shop.snapshot.read_bytes()
    changed, trust = tmp_path / "changed.snap", shop.folder / "trust.txt"
    for at, sentence in [(0, "not a snapshot"), (100, "refused|format"), (len(whole) - 9, "download it again")]:
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(assay_gate.SnapshotError, match=sentence):
            assay_gate.Snapshot.open(changed, trust)
    (tmp_path / "other").mkdir()
    other = Shop(tmp_path / "other", 1)
    with pytest.raises(assay_gate.SnapshotError, match="own.snap: the snapshot's header is refused"):
        assay_gate.Snapshot.open(shop.snapshot, other.folder / "trust.txt")
    with pytest.raises(assay_gate.SnapshotError, match="assay-trust-v0"):
        assay_gate.Snapshot.open(shop.snapshot, shop.snapshot.with_name("list.csv"))
    assert issubclass(assay_gate.SnapshotError, ValueError)


def test_a_clock_that_stands_before_the_snapshot_judges_nothing(tmp_path):
    shop = Shop(tmp_path, 1, issued="2190-01-01")
    snapshot = assay_gate.Snapshot.open(shop.snapshot, shop.folder / "trust.txt")
    table = pa.table({"gtin": [KNOWN]})
    assert "was made on 2190-01-01: set the clock" in refused(snapshot, table)
    assert len(pa.table(snapshot.judge(table, on=datetime.date(2190, 1, 2)))) == 1


def test_a_file_that_is_not_there_is_python_s_own_error(shop, tmp_path):
    with pytest.raises(FileNotFoundError, match="no.snap"):
        assay_gate.Snapshot.open(tmp_path / "no.snap", shop.folder / "trust.txt")
    alone = tmp_path / "own.snap"
    alone.write_bytes(shop.snapshot.read_bytes())
    with pytest.raises(FileNotFoundError, match="trust.txt"):
        assay_gate.Snapshot.open(str(alone))


def test_a_number_by_itself(shop, snapshot):
    allowed = next(row for row in shop.gate() if row["reason"] == "labelled")
    record = snapshot.lookup(allowed["gtin14"])
    assert (record["gtin"], record["state"]) == (allowed["gtin14"], "active")
    assert record["schemes"]["uk-2019-option-a"]["variant"] == "tick" and (record["updates_until"] or "") == allowed["updates_until"]
    assert snapshot.lookup(int(allowed["gtin14"])) == record
    assert snapshot.lookup(KNOWN) is None
    assert snapshot.lookup(with_check_digit("200000000001"))["gtin"].startswith("0200000000001")
    with pytest.raises(ValueError, match="gtin: "):
        snapshot.lookup("4006381333932")
    with pytest.raises(TypeError):
        snapshot.lookup(4006381333931.0)
    assert snapshot.decide(allowed["gtin14"], on=ON) == ("may-sell", "labelled")
    assert snapshot.decide(KNOWN, on=ON) == ("refuse", "not-registered")
    assert snapshot.decide("n/a", on=ON) == ("ask", "no-gtin")


def test_an_old_snapshot_allows_nothing_or_is_refused(shop, snapshot):
    allowed = next(row for row in shop.gate() if row["reason"] == "labelled")["gtin14"]
    late = datetime.date(2026, 12, 2)
    assert snapshot.decide(allowed, on=late) == ("ask", "stale-snapshot")
    table = pa.table({"gtin": [allowed]})
    assert pa.table(snapshot.judge(table, on=late))["reason"].to_pylist() == ["stale-snapshot"]
    assert "good until 2026-12-01 and the sale is on 2026-12-02" in refused(
        snapshot, table, assay_gate.SnapshotError, on=late, stale="refuse"
    )


def test_every_row_may_have_a_day_of_its_own(shop, snapshot, tmp_path):
    first, cells = datetime.date(2026, 10, 1), ["", "tomorrow", "2027-02-30", "31/03/2027", "2026-11-25T10:00:00Z"]
    chance = random.Random(20261128)
    days = [(first + datetime.timedelta(after)).isoformat() for after in range(90)]
    listings = [{**row, "sold": chance.choice(days if chance.random() < 0.9 else cells)} for row in shop.listings[:5_000]]
    write(tmp_path / "sold.csv", listings)
    out, columns = tmp_path / "verdicts.csv", ",".join(COLUMNS)
    options = ["--sold-on", "sold", "--on", ON, "--supported-for", 6, "--scheme", "uk-2019-option-a", "--columns", columns]
    assay("gate", tmp_path / "sold.csv", "--snapshot", shop.snapshot, "--out", out, *options, codes=(1, 3))
    wanted = list(csv.DictReader(out.open(newline="", encoding="utf-8")))
    assert {"bad-sale-day", "stale-snapshot", "support-ends-early"} <= {row["reason"] for row in wanted}

    def judged(column):
        table = pa.Table.from_pylist(shop.listings[:5_000]).append_column("sold", column)
        arguments = dict(on=ON, scheme="uk-2019-option-a", supported_for=6, sold_on="sold")
        return [as_text(row) for row in pa.table(snapshot.judge(table, **arguments)).to_pylist()]

    texts = [row["sold"] for row in listings]
    assert judged(pa.array(texts)) == judged(pa.array(texts).dictionary_encode()) == wanted
    # As dates and times; what is no day has to be gone before, and an empty cell is the day of the run.
    dates = [None if text in cells else datetime.date.fromisoformat(text) for text in texts]
    of_dates = judged(pa.array([None if date is None else date.isoformat() for date in dates]))
    for kind in [pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns", "UTC")]:
        assert judged(pa.array(dates, pa.date32()).cast(kind)) == of_dates, kind


def test_a_day_that_no_column_tells_is_a_question_or_refused(shop, snapshot):
    allowed = next(row for row in shop.gate() if row["reason"] == "labelled")["gtin14"]
    table = lambda column: pa.table({"gtin": [allowed], "day": column})
    for column, reason in [
        (pa.array([None], pa.null()), "labelled"),
        (pa.array([2**62], pa.timestamp("s")), "bad-sale-day"),
        (pa.array(["20.11.2026"]), "bad-sale-day"),
    ]:
        assert pa.table(snapshot.judge(table(column), sold_on="day", on=ON))["reason"].to_pylist() == [reason]
    zoned = table(pa.array([0], pa.timestamp("us", "Europe/London")))
    assert "cast it to a date, by the clock of the shop" in refused(snapshot, zoned, TypeError, sold_on="day")
    assert "the column `day` (sold_on) has the type Int64" in refused(snapshot, table([20261120]), TypeError, sold_on="day")
    assert "sold_on: there is no column `sold`" in refused(snapshot, zoned, sold_on="sold")


def test_text_and_whole_numbers_of_every_kind_are_the_same_number(snapshot):
    texts = [KNOWN, None, "96385074"]
    wanted = [("04006381333931", "not-registered"), (None, "no-gtin"), ("00000096385074", "not-registered")]
    column = pa.array(texts)
    for kind in [pa.string(), pa.large_string(), pa.string_view(), pa.int64(), pa.uint64()]:
        assert gtins(snapshot, column.cast(kind)) == wanted, kind
    decimals = [text and Decimal(text) for text in texts]
    for kind in [pa.decimal64(18, 0), pa.decimal128(38, 0)]:
        assert gtins(snapshot, pa.array(decimals, kind)) == wanted, kind
    assert gtins(snapshot, pa.array([Decimal(7), Decimal(-96385074)], pa.decimal32(9, 0))) == [(None, "no-gtin"), (None, "bad-gtin")]
    for index in [pa.int8(), pa.uint16(), pa.int64()]:
        for values in [pa.array([None, "96385074", KNOWN]), pa.array([None, 96385074, int(KNOWN)])]:
            assert gtins(snapshot, pa.DictionaryArray.from_arrays(pa.array([2, None, 1], index), values)) == wanted
    assert gtins(snapshot, pa.array([96385074, -96385074], pa.int32())) == [wanted[2], (None, "bad-gtin")]


def test_numbers_with_a_fraction_have_lost_digits(snapshot):
    for kind in [pa.float64(), pa.float32(), pa.decimal128(22, 2)]:
        column = pa.array([4006381333931, None], pa.int64()).cast(kind, safe=False)
        assert gtins(snapshot, column) == [(None, "damaged-number"), (None, "no-gtin")]


def test_a_column_of_nothing_and_a_table_without_rows(snapshot):
    assert gtins(snapshot, pa.nulls(3)) == [(None, "no-gtin")] * 3
    assert gtins(snapshot, pa.array([], pa.string())) == []
    empty = pa.RecordBatchReader.from_batches(pa.schema({"gtin": pa.string()}), iter([]))
    verdicts = snapshot.judge(empty)
    assert len(verdicts) == 0 and pa.table(verdicts).column_names == COLUMNS
    types = [pa.string(), pa.string(), pa.string(), pa.date32(), pa.string()]
    assert pa.table(verdicts).schema.types == types == pa.schema(verdicts).types


KINDS = [
    *(pa.null(), pa.bool_(), pa.int8(), pa.uint16(), pa.float16(), pa.date32(), pa.time64("us"), pa.timestamp("us", "Europe/London")),
    *(pa.duration("s"), pa.month_day_nano_interval(), pa.binary(), pa.binary(3), pa.binary_view(), pa.string_view()),
    *(pa.list_(pa.string()), pa.list_view(pa.string()), pa.list_(pa.string(), 2), pa.map_(pa.string(), pa.string())),
    *(pa.struct({"a": pa.string()}), pa.run_end_encoded(pa.int32(), pa.string()), pa.decimal32(5, 0), pa.decimal256(60, 0)),
    *(pa.dictionary(pa.uint64(), pa.string_view()), pa.dictionary(pa.int8(), pa.list_(pa.string()))),
    *(pa.dense_union([pa.field("a", pa.string())]), pa.uuid(), pa.json_()),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_column_of_any_type_is_read_refused_or_handed_on(snapshot, kind):
    nothing = pa.nulls(3, kind).slice(1, 2)
    kept = pa.table(snapshot.judge(pa.table({"gtin": [KNOWN] * 2, "title": nothing}), keep=["title"]))
    kept.validate(full=True)
    assert kept["title"].type == kind and kept["gtin14"].to_pylist() == ["0" + KNOWN] * 2
    try:
        assert gtins(snapshot, nothing) == [(None, "no-gtin")] * 2
    except TypeError as error:
        assert "cast it to text" in str(error)


def test_columns_are_found_by_their_names_or_named(snapshot):
    table = pa.table({"code": [KNOWN], "titel": ["Kettle"], "Artikelnr": ["7"]})
    assert pa.table(snapshot.judge(table))["verdict"].to_pylist() == ["out-of-scope"]
    assert pa.table(snapshot.judge(table, scope_check=False))["verdict"].to_pylist() == ["refuse"]
    assert pa.table(snapshot.judge(table, title="Artikelnr"))["verdict"].to_pylist() != ["out-of-scope"]
    doubtful = pa.table({"code": ["PS00100"], "x": [KNOWN]})
    assert "no column with a GTIN was found among `code`, `x`: name it with gtin=\"COLUMN\"" in refused(snapshot, doubtful)
    assert pa.table(snapshot.judge(doubtful, gtin="X"))["gtin14"].to_pylist() == ["0" + KNOWN]


def test_columns_that_cannot_be_told_are_refused_with_the_mend(snapshot):
    table = pa.table({"gtin": [KNOWN], "tags": [["a"]], "when": [datetime.date(2026, 1, 1)]})
    assert refused(snapshot, pa.table({})) == "the table has no columns"
    assert "title: there is no column `name`: the columns are `gtin`, `tags`, `when`" in refused(snapshot, table, title="name")
    assert "cast it to text" in refused(snapshot, table, TypeError, gtin="tags")
    assert "(model) has the type Date32" in refused(snapshot, table, TypeError, model="when")
    twice = pa.Table.from_arrays([pa.array([KNOWN])] * 2, names=["ean", "EAN"])
    assert "`ean` occurs more than once: rename" in refused(snapshot, twice)
    same = pa.Table.from_arrays([pa.array([KNOWN])] * 3, names=["gtin", "a", "a"])
    assert "keep: the column `a` occurs more than once" in refused(snapshot, same, keep=["a"])
    assert "keep: there is no column `b`" in refused(snapshot, same, keep=["b"])
    label = pa.table({"gtin": [KNOWN], "label": ["x"]})
    assert "keep: the verdicts have a column `label` of their own" in refused(snapshot, label, keep=["label"])
    # What is found by its name and is no text says nothing of the product.
    assert len(snapshot.judge(pa.table({"gtin": [KNOWN], "title": [["a"]]}))) == 1


def test_arguments_that_make_no_sense_are_refused_with_the_mend(snapshot):
    table = pa.table({"gtin": [KNOWN]})
    assert "did you mean `uk-psti`?" in refused(snapshot, table, scheme="uk-pstj")
    assert 'stale is "ask" or "refuse"' in refused(snapshot, table, stale="no")
    assert '"northern-ireland" or None, not "wales"' in refused(snapshot, table, territory="wales")
    assert "supported_for is 1 to 1200 months, not 0" in refused(snapshot, table, supported_for=0)
    assert "a datetime.date is wanted, not str" in refused(snapshot, table, TypeError, on="2026-11-20")
    for what in [[{"gtin": KNOWN}], {"gtin": [KNOWN]}, None, "catalogue.csv"]:
        assert "pyarrow.table(...)" in refused(snapshot, what, TypeError)
    assert "A column by itself" in refused(snapshot, pa.chunked_array([[KNOWN]]), TypeError)
    assert "A column by itself" in refused(snapshot, pa.array([KNOWN]), TypeError)


def test_bytes_that_are_no_text_are_refused_and_not_read(snapshot):
    offsets, letters = pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"\xff\xfe\xfd")
    broken = pa.Array.from_buffers(pa.string(), 1, [None, offsets, letters])
    assert "the table cannot be read" in refused(snapshot, pa.table({"gtin": broken}))
    # Nobody reads it.
    assert len(snapshot.judge(pa.table({"gtin": [KNOWN], "other": broken}))) == 1
    outside = pa.DictionaryArray.from_arrays(pa.array([7], pa.int8()), pa.array([KNOWN]), safe=False)
    assert "the table cannot be read" in refused(snapshot, pa.table({"gtin": outside}))


def test_a_stream_that_fails_says_why(snapshot):
    def batches():
        yield pa.record_batch({"gtin": [KNOWN] * 200})
        raise RuntimeError("the line went dead")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"gtin": pa.string()}), batches())
    assert "the line went dead" in refused(snapshot, reader)


def test_what_the_table_itself_raises_is_handed_on(snapshot):
    class Fails:
        def __arrow_c_stream__(self, requested_schema=None):
            raise KeyError("no such view")

    class Lies:
        def __arrow_c_stream__(self, requested_schema=None):
            return 7

    class Spent:
        once = pa.table({"gtin": [KNOWN]}).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return Spent.once

    assert "no such view" in refused(snapshot, Fails(), KeyError)
    assert "to return a capsule" in refused(snapshot, Lies(), TypeError)
    assert len(snapshot.judge(Spent())) == 1
    assert "can be taken once" in refused(snapshot, Spent(), TypeError)


def test_one_array_alone_is_a_table_too(snapshot):
    class OneArray:
        def __arrow_c_array__(self, requested_schema=None):
            return pa.record_batch({"gtin": [KNOWN]}).__arrow_c_array__(requested_schema)

    assert pa.table(snapshot.judge(OneArray()))["gtin14"].to_pylist() == ["0" + KNOWN]


def test_what_was_kept_and_judged_can_be_taken_again(snapshot):
    table = pa.table({"gtin": [KNOWN], "tags": [["a", "b"]], "price": [1.5]})
    verdicts = snapshot.judge(table, keep=["price", "tags"], on=ON)
    first, second = pa.table(verdicts), pa.table(verdicts)
    assert first.equals(second) and first.column_names == ["price", "tags", *COLUMNS]
    assert first["tags"].to_pylist() == [["a", "b"]] and repr(verdicts).startswith("<assay_gate.Verdicts: 1 rows of price, tags, gtin14")


def test_others_run_while_it_judges(snapshot):
    """The interpreter's lock is not held: a thread counts on while millions of rows are judged."""
    table = pa.table({"gtin": pa.array([KNOWN] * 1000).dictionary_encode().take(pa.array([0] * 3_000_000))})
    done, ticks = threading.Event(), []

    def tick():
        while not done.wait(0.001):
            ticks.append(1)

    other = threading.Thread(target=tick)
    other.start()
    before = len(ticks)
    snapshot.judge(table, scope_check=False)
    after = len(ticks)
    done.set()
    other.join()
    assert after - before > 10


def test_the_stub_says_what_there_is(tmp_path):
    assert (Path(assay_gate.__file__).parent / "py.typed").exists()
    command = [sys.executable, "-m", "mypy.stubtest", "assay_gate", "--ignore-missing-stub"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_threads_share_a_snapshot(shop, snapshot):
    table = pa.Table.from_pylist(shop.listings)
    with ThreadPoolExecutor(4) as threads:
        judged = list(threads.map(lambda _: pa.table(snapshot.judge(table, on=ON)), range(8)))
    assert all(one.equals(judged[0]) for one in judged)
