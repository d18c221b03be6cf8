"""The gate of Assay: may each product of a table be sold? Judged offline against a signed snapshot of the register."""

import datetime
import os
from typing import Any, Literal, Protocol, Sequence, Union, final, type_check_only

@type_check_only
class ArrowTable(Protocol):
    """A table of pyarrow, polars or DuckDB, or any other with Arrow's PyCapsule interface. One with `__arrow_c_array__` alone is
    taken as well, where pyarrow is installed."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

class SnapshotError(ValueError):
    """A snapshot or its file of trusted keys that cannot be relied on: forged, damaged, of another log, or too old where that is
    refused. The message names the file and the mend."""

@final
class Snapshot:
    """A verified snapshot of the register: what holds for every registered number, and until when that may be relied on. It can
    be used from several threads at once. It is not pickled: a worker of Spark opens the file itself."""

    @staticmethod
    def open(path: Union[str, os.PathLike[str]], trust: Union[str, os.PathLike[str], None] = None) -> Snapshot:
        """Opens a snapshot and verifies its signature and every byte of it.

        `trust` is the file of the keys that you trust; without it `trust.txt` beside the snapshot is taken, which whoever
        replaced the snapshot could have replaced with it.

        Raises SnapshotError where the snapshot or the keys are not what they should be, and OSError where a file cannot be read.
        """

    @property
    def number(self) -> int:
        """The snapshot's own number; it never falls."""
    @property
    def log_origin(self) -> str:
        """The name of the log that it was folded from."""
    @property
    def log_size(self) -> int:
        """How many entries of the log were folded."""
    @property
    def root(self) -> str:
        """The log's root hash at that size, in base64."""
    @property
    def issued(self) -> datetime.date:
        """The day it was made."""
    @property
    def valid_until(self) -> datetime.date:
        """The last day on which it may be relied on."""
    @property
    def records(self) -> int:
        """How many records it has; len() says the same."""
    def __len__(self) -> int: ...
    def judge(
        self,
        table: ArrowTable,
        *,
        scheme: str = "uk-2019-option-a",
        on: Union[datetime.date, None] = None,
        stale: Literal["ask", "refuse"] = "ask",
        scope_check: bool = True,
        territory: Union[Literal["great-britain", "northern-ireland"], None] = None,
        supported_for: Union[int, None] = None,
        gtin: Union[str, None] = None,
        sku: Union[str, None] = None,
        category: Union[str, None] = None,
        title: Union[str, None] = None,
        brand: Union[str, None] = None,
        model: Union[str, None] = None,
        sold_on: Union[str, None] = None,
        keep: Union[Sequence[str], None] = None,
    ) -> Verdicts:
        """One verdict for every row of a table, in the order of its rows and with its batches; those of more than 16,777,216 rows
        come in parts. All of it is judged before this returns; the interpreter's lock is not held meanwhile.

        scheme: the id of a bundled scheme. on: the day of the sale, today in UTC unless given; ValueError where the machine's clock
        stands before the day on which the snapshot was made, for it is wrong. stale: what becomes of a snapshot
        that was good until an earlier day: with "ask" nothing is allowed by it, with "refuse" SnapshotError is raised.
        scope_check: whether a listing that the snapshot does not have is sorted by its words. territory: where in the United
        Kingdom you sell, on which some exceptions hang. supported_for: for how many months after the sale updates have to be
        promised; what may be sold without is `ask`.

        gtin, sku, category, title, brand, model: names of columns; without them they are found by their names as `assay gate`
        finds them, a column of doubtful name by its first 100 values. (The article number is looked for only so that it is not
        taken for a word.) They hold text, whole numbers, read as their digits, or dictionaries of those; a GTIN column of floats
        is `damaged-number`; null is an absent cell.

        sold_on: the column with each row's own day of the sale: dates, times without a zone or in UTC, or text that begins with
        YYYY-MM-DD. An empty cell is the day `on`; one that no day can be read from is `bad-sale-day`. keep: columns that are handed on, before the verdicts, as they are.

        Raises TypeError where the table or a column has a type that is not read, and ValueError for any other argument, a column
        that is not found or found twice, and a table that cannot be read.
        """
    def decide(
        self,
        gtin: Union[str, int],
        *,
        scheme: str = "uk-2019-option-a",
        on: Union[datetime.date, None] = None,
    ) -> tuple[str, str]:
        """The verdict and the reason of one number, without words: what judge() says of a row that holds nothing else."""
    def lookup(self, gtin: Union[str, int]) -> Union[dict[str, Any], None]:
        """What the snapshot says of a number: `gtin` (14 digits), `state`, `shortened`, `updates_until` (YYYY-MM-DD or None),
        `schemes` (by id: `verdict`, `variant`, `statement`), and `document`, `notices` and `labels` where there are any. None
        where it has no record.

        Raises ValueError where it is no GTIN, with the reason.
        """

@final
class Verdicts:
    """One verdict for every row of a table that was judged: what was kept of the table, then

    gtin14: string, the GTIN in fourteen digits, null where the row has no valid one;
    verdict: string, `may-sell`, `refuse`, `ask` or `out-of-scope`;
    reason: string, explained in docs/catalogue.md and by `assay explain REASON`;
    updates_until: date32, the last day of promised security updates, null where the register's entry does not stand or has none;
    label: string, `tick` or `cross`, null where there is none.

    Hand it to pyarrow.table(), polars.DataFrame(), DuckDB's FROM, or anything that takes Arrow's stream; as often as you like.
    """

    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...
