#!/usr/bin/env python3
"""A second verifier of an Assay log, written from docs/formats/ alone, with nothing but Python's standard library.

    verify.py FOLDER-OR-URL --policy FILE [--entry INDEX]
    verify.py FOLDER-OR-URL/log --log KEY [--register KEY]... [--authority KEY]... [--witness KEY]... [--quorum N]

With a policy, FOLDER-OR-URL is what a register or mirror shows: `log/` and `trust.txt`, whose keys count as it names a log
key of the policy. Without, it holds `checkpoint` and `tile/...`. Checked are the log's signature and the witnesses', every
entry against the root, every tile, who signed every statement, whose numbers are disputed and decided, and the inclusion of
one entry; not the other rules of the fold. Exit 0: all holds; 1: what does not.
"""
import argparse, base64, hashlib, pathlib, struct, sys, urllib.error, urllib.request

class Bad(Exception):
    """Something does not hold."""

# --- Ed25519 (RFC 8032, section 5.1), strict: canonical points, a scalar below the order, no point of small order.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    s, t, u, v = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P, 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total

def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0

def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise Bad("a point is not in its one spelling")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Bad("32 bytes are no point of the curve")
    x = P - x if x & 1 != sign else x
    found = (x, y, 1, x * y % P)
    if same(times(8, found), (0, 1, 1, 0)):
        raise Bad("a point is of small order")
    return found

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def ed25519(key, message, signature):
    if len(signature) != 64:
        return False
    try:
        r, a = point(signature[:32]), point(key)
    except Bad:
        return False
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return s < ORDER and same(times(s, BASE), add(r, times(k, a)))

# --- Merkle tree ("Tree")
def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()

def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()

def split(n):
    return 1 << (n - 1).bit_length() - 1

def root(hashes):
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    k = split(len(hashes))
    return node(root(hashes[:k]), root(hashes[k:]))

def path(index, hashes):
    if len(hashes) < 2:
        return []
    k = split(len(hashes))
    if index < k:
        return path(index, hashes[:k]) + [root(hashes[k:])]
    return path(index - k, hashes[k:]) + [root(hashes[:k])]

def climb(index, size, at, proof):
    """The root that a leaf's hash and its inclusion proof lead to (RFC 9162, section 2.1.3.2)."""
    last = size - 1
    for sibling in proof:
        if last == 0:
            raise Bad("the proof is too long")
        if index & 1 or index == last:
            at = node(sibling, at)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            at = node(at, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise Bad("the proof is too short")
    return at

# --- Notes ("Note", "Checkpoint")
def vkey(text, types):
    name, key_id, data = text.split("+", 2)
    data = base64.b64decode(data, validate=True)
    made = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if made.hex() != key_id or data[0] not in types or len(data) != (1313 if data[0] == 6 else 33):
        raise Bad(f"the key of {name} is not a key with its id: {sorted(types)} are the types that are wanted")
    return name, made, data[1:], data[0]

def open_note(note, logs, witnesses):
    """The log that signed, size, root, and when each witness cosigned, of keys by the names of the policy."""
    if not note.endswith("\n") or "\n\n" not in note:
        raise Bad("the checkpoint is no note")
    text, lines = note.rsplit("\n\n", 1)[0] + "\n", note.rsplit("\n\n", 1)[1].splitlines()
    parts = text.split("\n")
    logs = [log for log in logs if log[0] == parts[0]]
    if len(parts) < 4 or not logs or str(int(parts[1])) != parts[1]:
        raise Bad("the checkpoint is not one of this log")
    signed, cosigned = None, {}
    for line in lines:
        dash, name, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash != "\u2014":
            raise Bad("a signature line begins with another character")
        for log in logs:
            if (name, data[:4]) == log[:2]:
                if not ed25519(log[2], text.encode(), data[4:]):
                    raise Bad("the log's signature does not hold")
                signed = log
        for known, witness in witnesses.items():
            if (name, data[:4]) == witness[:2] and witness[3] == 4:
                time = struct.unpack(">Q", data[4:12])[0]
                if not ed25519(witness[2], f"cosignature/v1\ntime {time}\n{text}".encode(), data[12:]):
                    raise Bad(f"the cosignature of {name} does not hold")
                cosigned[known] = time
    if not signed:
        raise Bad("the log did not sign the checkpoint")
    return signed, int(parts[1]), base64.b64decode(parts[2], validate=True), cosigned

# --- Policies ("Policy"). Cosignatures with ML-DSA-44, which the standard library does not have, count for nothing here.
def policy(data):
    """Logs, witnesses by name, and a function that says of a set of names whether they are enough."""
    if not data.endswith(b"\n"):
        raise Bad("the policy was cut")
    logs, witnesses, groups, quorum = [], {}, {b"none": (0, [])}, None
    for line in data.split(b"\n"):
        word, *rest = line.replace(b"\t", b" ").split() or [b"#"]
        if word == b"log":
            logs.append(vkey(rest[0].decode(), {1}))
        elif word == b"witness":
            witnesses[rest[0]] = vkey(rest[1].decode(), {4, 6})
        elif word == b"group":
            many = {b"any": 1, b"all": len(rest) - 2}.get(rest[1])
            groups[rest[0]] = (int(rest[1]) if many is None else many, rest[2:])
        elif word == b"quorum":
            quorum = rest[0]
        elif not word.startswith(b"#"):
            raise Bad(f"the policy has a line that is none: {line!r}")
    if quorum is None or not logs:
        raise Bad("the policy lacks a log or a quorum")

    def enough(name, cosigned):
        if name in witnesses:
            return name in cosigned
        threshold, members = groups[name]
        return sum(enough(member, cosigned) for member in members) >= threshold
    return logs, witnesses, lambda cosigned: enough(quorum, cosigned)

# --- CBOR as statements use it ("Statement"): maps with text keys in order, texts, bytes, lists, integers, booleans, null, a tag.
def cbor(data, at=0, depth=0):
    if depth > 16 or at >= len(data):
        raise Bad("CBOR that is cut or too deep")
    major, info, at = data[at] >> 5, data[at] & 31, at + 1
    if major == 7:
        if info in (20, 21, 22):
            return {20: False, 21: True, 22: None}[info], at
        raise Bad("CBOR with something that no statement has")
    if info > 27:
        raise Bad("CBOR of indefinite length")
    size = 0 if info < 24 else 1 << info - 24
    n, at = (info if info < 24 else int.from_bytes(data[at:at + size], "big")), at + size
    if size and n < (24 if size == 1 else 1 << 4 * size):
        raise Bad("CBOR in another spelling")
    if major in (0, 1):
        return (n if major == 0 else -1 - n), at
    if major in (2, 3):
        if at + n > len(data):
            raise Bad("CBOR that is cut")
        return (data[at:at + n] if major == 2 else data[at:at + n].decode()), at + n
    if major == 6:
        value, at = cbor(data, at, depth + 1)
        return ("tag", n, value), at
    items, before = ([] if major == 4 else {}), b""
    for _ in range(n):
        start = at
        item, at = cbor(data, at, depth + 1)
        if major == 4:
            items.append(item)
            continue
        if data[start:at] <= before:
            raise Bad("CBOR with the keys of a map out of order")
        before = data[start:at]
        items[item], at = cbor(data, at, depth + 1)
    return items, at

def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    size = (n.bit_length() + 7) // 8
    size = next(s for s in (1, 2, 4, 8) if s >= size)
    return bytes([major << 5 | 24 + size.bit_length() - 1]) + n.to_bytes(size, "big")

def key_id(key):
    return hashlib.sha256(b"assay-key-v0\n" + key).digest()[:4]

def named(letter, purpose, key):
    bits = int.from_bytes(hashlib.sha256(purpose + b"\n" + key).digest()[:10], "big")
    return letter + "".join("0123456789abcdefghjkmnpqrstvwxyz"[bits >> 5 * at & 31] for at in range(15, -1, -1))

def raw(text):
    return base64.b64decode(text, validate=True)

OF_A_MAKER = {"key-added", "declared", "support-extended", "withdrawn", "corrected", "advisory-published"}
OF_THE_REGISTER = {
    "labelled", "observed", "foreign-label-recorded", "receipt-digest",
    "log-key-announced", "witness-policy-changed", "schema-announced",
}
OF_BOTH = {"gtin-disputed", "gtin-decided", "lab-accredited", "lab-expired", "label-suspended"}

class Signers:
    """Who may sign what, as the entries before say ("Who signs")."""
    def __init__(self, origin, register, authority):
        self.origin, self.register, self.authority = origin, register, authority
        self.makers, self.labs, self.imposed = {}, {}, {}

    def of(self, kind, said):
        if kind == "maker-registered":
            return [raw(said["key"])]
        if kind in OF_A_MAKER:
            return self.makers.get(said["maker"], [])
        if kind == "key-retired":
            return self.makers.get(said["maker"], []) + self.register
        if kind == "assessed":
            return [self.labs[said["lab"]]] if "lab" in said else self.register
        if kind in OF_THE_REGISTER:
            return self.register
        if kind in OF_BOTH or kind == "notice-lifted" and self.imposed.get(said["lifts"]) == "register":
            return self.register + self.authority
        if kind == "notice-served" or kind == "notice-lifted" and said["lifts"] in self.imposed:
            return self.authority
        raise Bad(f"it is of a kind that nobody may sign here: {kind}")

    def after(self, index, kind, said, by):
        if kind == "maker-registered":
            self.makers[named("m", b"assay-maker-v0", by)] = [by]
        elif kind == "key-added":
            self.makers[said["maker"]].append(raw(said["key"]))
        elif kind == "key-retired":
            self.makers[said["maker"]].remove(raw(said["key"]))
        elif kind == "lab-accredited":
            key = raw(said["key"])
            self.labs[named("l", b"assay-lab-v0", key)] = key
        elif kind == "lab-expired":
            self.labs.pop(said["lab"])
        elif kind in ("label-suspended", "notice-served"):
            self.imposed[index] = "authority" if by in self.authority else "register"
        elif kind == "notice-lifted":
            self.imposed.pop(said["lifts"])

class Numbers:
    """Who claims which number, and what is disputed and decided (rules 19, 21 and 24 to 27)."""
    def __init__(self):
        self.gtins, self.makers, self.claims, self.withdrawn = {}, {}, {}, set()
        self.stated, self.met, self.against = set(), {}, {}

    def claim(self, gtin):
        makers = {maker: product for maker, product in self.claims.get(gtin, {}).items() if maker not in self.against.get(gtin, ())}
        active = {maker for maker, product in makers.items() if product not in self.withdrawn}
        return active or set(makers)

    def meet(self, gtins):
        for gtin in gtins:
            if len(self.claim(gtin)) > 1:
                self.met.setdefault(gtin, set()).update(self.claim(gtin))

    def disputed(self, gtin):
        return bool(self.claim(gtin)) and (gtin in self.stated or gtin in self.met)

    def after(self, kind, said):
        if kind == "declared":
            maker = said["maker"]
            product = named("p", b"assay-product-v0", f"{maker}\n{said['product']['model']}".encode())
            before, now = self.gtins.get(product, []), said["product"]["gtins"]
            for gtin in now:
                if maker in self.against.get(gtin, ()):
                    raise Bad(f"{gtin} was decided against its maker")
            for gtin in before:
                self.claims[gtin].pop(maker)
            for gtin in now:
                self.claims.setdefault(gtin, {})[maker] = product
            self.gtins[product], self.makers[product] = now, maker
            self.withdrawn.discard(product)
            self.meet(before + now)
        elif kind == "withdrawn":
            self.withdrawn.add(said["product"])
            self.meet(self.gtins[said["product"]])
        elif kind == "labelled":
            maker = self.makers[said["product"]]
            if said["gtins"] != [g for g in self.gtins[said["product"]] if maker not in self.against.get(g, ())]:
                raise Bad("the label's numbers are not those of its product")
        elif kind == "gtin-disputed":
            gtin = said["gtin"]
            if gtin in self.stated or not self.claim(gtin) or sorted(self.claim(gtin)) != said["makers"]:
                raise Bad(f"the dispute about {gtin} is not what the claims make")
            self.stated.add(gtin)
        elif kind == "gtin-decided":
            gtin, holder, against = said["gtin"], said.get("holder"), set(said["against"])
            makers, met, before = set(self.claims.get(gtin, {})), self.met.get(gtin, set()), self.against.get(gtin)
            if gtin not in self.stated and not met and before is None:
                raise Bad(f"{gtin} is not disputed and was decided")
            if holder is not None and (holder not in makers or holder in against):
                raise Bad(f"the holder of {gtin} is none of its makers")
            if makers - {holder} - against or against - makers - met - (before or set()):
                raise Bad(f"the decision about {gtin} is not about those who claim it")
            self.stated.discard(gtin)
            self.met.pop(gtin, None)
            self.against[gtin] = against

def statement(index, entry, signers, numbers):
    """Checks one entry's signature and gives its type; `signers` and `numbers` then know what it says of keys and claims."""
    value, end = cbor(entry)
    if end != len(entry) or not isinstance(value, tuple) or value[1] != 18 or len(value[2]) != 4:
        raise Bad("it is no COSE_Sign1 message")
    protected, unprotected, payload, signature = value[2]
    header, end = cbor(protected)
    if unprotected or end != len(protected) or set(header) != {1, 4} or header[1] != -8:
        raise Bad("its header is not algorithm -8 and a key id")
    (version, said), end = cbor(payload)
    if version != 0 or end != len(payload):
        raise Bad(f"it is of version {version}")
    kind = said["type"]
    aad = b"assay-statement-v0\n" + signers.origin.encode()
    message = b"\x84" + head(3, 10) + b"Signature1" + b"".join(head(2, len(p)) + p for p in (protected, aad, payload))
    keys = [key for key in signers.of(kind, said) if key_id(key) == header[4]]
    by = next((key for key in keys if ed25519(key, message, signature)), None)
    if by is None:
        raise Bad(f"its signature ({kind}) is of no key that may sign it")
    signers.after(index, kind, said, by)
    numbers.after(kind, said)
    return kind

# --- Files
def numbered(index):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)

def fetch(place, name):
    try:
        if "://" in place:
            with urllib.request.urlopen(f"{place.rstrip('/')}/{name}", timeout=20) as answer:
                return answer.read(1 << 25)
        return (pathlib.Path(place) / name).read_bytes()
    except (OSError, urllib.error.URLError) as error:
        raise Bad(f"{name} cannot be had: {error}") from error

def tile(place, kind, index, width):
    return fetch(place, f"tile/{kind}/{numbered(index)}" + (f".p/{width}" if width < 256 else ""))

def read_entries(place, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        data, at = tile(place, "entries", first // 256, width), 0
        for index in range(first, first + width):
            length = int.from_bytes(data[at:at + 2], "big")
            entry, at = data[at + 2:at + 2 + length], at + 2 + length
            if at > len(data):
                raise Bad(f"the bundle of entry {index} is cut")
            yield entry
        if at != len(data):
            raise Bad(f"the bundle from entry {first} on is too long")

def check_tiles(place, hashes):
    level = 0
    while hashes:
        for first in range(0, len(hashes), 256):
            row = hashes[first:first + 256]
            if tile(place, level, first // 256, len(row)) != b"".join(row):
                raise Bad(f"tile {level}/{first // 256} is not what the entries make")
        hashes = [root(hashes[at:at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1

def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("place")
    for one in ("--log", "--policy"):
        ask.add_argument(one)
    for many in ("--register", "--authority", "--witness"):
        ask.add_argument(many, action="append", default=[])
    ask.add_argument("--quorum", type=int, default=0)
    ask.add_argument("--entry", type=int)
    asked = ask.parse_args()
    place, register, authority = asked.place.rstrip("/"), asked.register, asked.authority
    if asked.policy:
        logs, witnesses, enough = policy(pathlib.Path(asked.policy).read_bytes())
        if not register:
            trust = [line.split(" ", 1) for line in fetch(place, "trust.txt").decode().splitlines()[1:] if " " in line]
            if not any(word == "log" and vkey(key.strip(), {1}) in logs for word, key in trust):
                raise Bad("trust.txt does not name a log key of the policy")
            register, authority = ([key.strip() for word, key in trust if word == who] for who in ("register", "authority"))
        place += "/log"
    else:
        logs, witnesses = [vkey(asked.log, {1})], {key: vkey(key, {4}) for key in asked.witness}
        enough = lambda cosigned: len(cosigned) >= asked.quorum
    log, size, claimed, cosigned = open_note(fetch(place, "checkpoint").decode(), logs, witnesses)
    if not enough(cosigned):
        wanted = "more" if asked.policy else asked.quorum
        raise Bad(f"{len(cosigned)} witnesses cosigned, and {wanted} are wanted")
    entries = list(read_entries(place, size))
    hashes = [leaf(entry) for entry in entries]
    if root(hashes) != claimed:
        raise Bad("the entries do not make the root that was signed")
    check_tiles(place, hashes)
    if asked.entry is not None:
        at = asked.entry
        if climb(at, size, hashes[at], path(at, hashes)) != claimed:
            raise Bad(f"entry {at} is not in the log")
    signers, kinds = Signers(log[0], [raw(key) for key in register], [raw(key) for key in authority]), {}
    numbers = Numbers()
    for index, entry in enumerate(entries):
        try:
            kind = statement(index, entry, signers, numbers)
        except (Bad, KeyError, ValueError, TypeError, IndexError) as error:
            raise Bad(f"entry {index}: {error}") from error
        kinds[kind] = kinds.get(kind, 0) + 1
    disputed = sum(numbers.disputed(gtin) for gtin in numbers.claims)
    print(f"{log[0]}: {size} entries hold; cosigned by {len(cosigned)}; {disputed} numbers are disputed; " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))

if __name__ == "__main__":
    try:
        main()
    except (Bad, ValueError) as error:
        print(f"does not hold: {error}")
        sys.exit(1)
