#!/usr/bin/env python3
"""snapshot_proof.py PROOF.json KEY ORIGIN: what a proof of `assay snapshot prove` shows, by docs/formats/snapshot.md alone.

KEY is the register's public key in base64, ORIGIN the log's name. Prints `present GTIN` or `absent GTIN`, or says why not and
exits 1. Python's own library, and OpenSSL for Ed25519."""
import base64, hashlib, json, os, subprocess, sys, tempfile


def cbor(b, at=0):
    """One CBOR value and where the next begins."""
    kind, n = b[at] >> 5, b[at] & 31
    at += 1
    if n >= 24 and kind != 7:
        size = 1 << (n - 24)
        n, at = int.from_bytes(b[at:at + size], "big"), at + size
    if kind == 0:
        return n, at
    if kind in (2, 3):
        return (b[at:at + n] if kind == 2 else b[at:at + n].decode()), at + n
    if kind == 1:
        return -1 - n, at
    if kind == 6:
        return cbor(b, at)
    if kind == 7:
        return {20: False, 21: True, 22: None}[n], at
    out = []
    for _ in range(n * (2 if kind == 5 else 1)):
        value, at = cbor(b, at)
        out.append(value)
    return (dict(zip(out[::2], out[1::2])) if kind == 5 else out), at


def head(kind, n):
    if n < 24:
        return bytes([kind << 5 | n])
    size = next(s for s in (1, 2, 4, 8) if n < 1 << 8 * s)
    return bytes([kind << 5 | 23 + size.bit_length()]) + n.to_bytes(size, "big")


def text(kind, b):
    return head(kind, len(b)) + b


def ed25519(key, message, signature):
    der = bytes.fromhex("302a300506032b6570032100") + key
    with tempfile.TemporaryDirectory() as d:
        names = [os.path.join(d, n) for n in ("key", "message", "signature")]
        for name, content in zip(names, (der, message, signature)):
            with open(name, "wb") as f:
                f.write(content)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin",
                               "-in", names[1], "-sigfile", names[2]], capture_output=True)
    return done.returncode == 0


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2."""
    fn, sn, r = index, size - 1, sha(b"\0", leaf)
    for p in path:
        assert sn > 0, "the path is too long"
        if fn & 1 or fn == sn:
            r = sha(b"\1", p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1", r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0, "the path is too short"
    return r


def main(file, key, origin):
    proof = json.load(open(file))
    assert proof["schema"] == "assay-snapshot-proof-0", "another schema"
    (protected, _, payload, signature), _ = cbor(base64.b64decode(proof["header"]))
    external = b"assay-snapshot-v0\n" + origin.encode()
    signed = head(4, 4) + text(3, b"Signature1") + text(2, protected) + text(2, external) + text(2, payload)
    assert ed25519(base64.b64decode(key), signed, signature), "the header's signature"
    h, _ = cbor(payload)
    assert h["schema"] == 1 and h["log_origin"] == origin, "another version or log"
    size, root, numbers = h["records"], base64.b64decode(h["tree"]), []
    for leaf in proof["leaves"]:
        assert 0 <= leaf["index"] < size, "an index that is not there"
        data = base64.b64decode(leaf["leaf"])
        assert root_of(data, leaf["index"], size, [base64.b64decode(p) for p in leaf["path"]]) == root, "a leaf of another tree"
        numbers.append((leaf["index"], cbor(data)[0][0]))
    wanted = int(proof["gtin"])
    if proof["present"]:
        assert [n for _, n in numbers] == [wanted], "no leaf of the number"
    elif not numbers:
        assert size == 0 and root == hashlib.sha256(b"").digest(), "no leaves, and records"
    else:
        (first, low), (last, high) = numbers[0], numbers[-1]
        if len(numbers) == 2:
            assert first + 1 == last and low < wanted < high, "not its neighbours"
        else:
            assert len(numbers) == 1 and ((first == 0 and wanted < low) or (first == size - 1 and low < wanted)), "not at an end"
    return f"{'present' if proof['present'] else 'absent'} {proof['gtin']}"


if __name__ == "__main__":
    try:
        print(main(*sys.argv[1:4]))
    except (AssertionError, KeyError, ValueError, IndexError, TypeError) as e:
        sys.exit(f"refused: {e}")
