"""Run by ./test, in an environment that has the wheel: ASSAY is the program to compare with, WHEELS a folder with the wheel and
those that it is tested with."""

import assay_gate
import pytest

from shop import Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"), 60_000)


@pytest.fixture(scope="session")
def snapshot(shop: Shop) -> assay_gate.Snapshot:
    return assay_gate.Snapshot.open(shop.snapshot)
