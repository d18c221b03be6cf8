#!/usr/bin/env python3
"""Reads the codes of labels with two other programs, zbar and zxing, as they are, from the PDF, and spoilt in many ways.

read_labels.py FOLDER: FOLDER/labels.json lists [{file, link, version, module}]: a PNG or PDF, what its code must say, the
code's version and how many pixels a module has (for a PDF: at 300 dots an inch). Prints a table. Ends with 0 if every clean
one was read by both, at least 95 % of the spoilt ones in which the program reads a plain code of the same version and module
size, made by yet another program and spoilt in the same way, and nothing was ever read wrongly; else with 1.
"""
import io, json, random, subprocess, sys, tempfile, os
import segno, zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

folder = sys.argv[1]
labels = json.load(open(os.path.join(folder, "labels.json")))


def plain(label):
    """A code of the same version and module size, and nothing else."""
    code = segno.make(label["link"], version=label["version"], error="m", mode="byte", boost_error=False)
    module = max(1, round(label["module"]))
    raw = io.BytesIO()
    code.save(raw, kind="png", scale=module, border=4)
    return Image.open(raw).convert("RGB")


def picture(label):
    path = os.path.join(folder, label["file"])
    if path.endswith(".pdf"):
        subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", path, path[:-4] + "-page"], check=True)
        path = path[:-4] + "-page.png"
    seen = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    paper.alpha_composite(seen)
    return paper.convert("RGB")


def on_a_table(image):
    """Something around it, as there is in a photograph."""
    table = Image.new("RGB", (image.width + 80, image.height + 80), (178, 170, 160))
    table.paste(image, (40, 40))
    return table


def turned(degrees):
    return lambda i, m: on_a_table(i).rotate(degrees, expand=True, resample=Image.BICUBIC, fillcolor=(178, 170, 160))


def blurred(share):
    return lambda i, m: i.filter(ImageFilter.GaussianBlur(share * m))


def jpeg(quality):
    def spoil(image, module):
        raw = io.BytesIO()
        image.save(raw, "JPEG", quality=quality)
        return Image.open(raw).convert("RGB")
    return spoil


def askew(dx, dy):
    def spoil(image, module):
        image = on_a_table(image)
        w, h = image.size
        # Where the corners of what is seen lie in the picture.
        quad = (-dx * w, -dy * h, -dx * w * 0.2, h * (1 + dy), w * (1 + dx * 0.3), h * (1 + dy * 0.4), w * (1 + dx), -dy * h * 0.2)
        return image.transform((w, h), Image.QUAD, quad, Image.BICUBIC, fillcolor=(178, 170, 160))
    return spoil


def smaller(factor):
    return lambda i, m: i.resize((max(1, round(i.width * factor)), max(1, round(i.height * factor))), Image.LANCZOS)


def noisy(strength):
    def spoil(image, module):
        random.seed(7)
        noise = Image.effect_noise(image.size, strength).convert("RGB")
        return Image.blend(image, noise, 0.35)
    return spoil


def faint(image, module):
    return ImageEnhance.Contrast(image).enhance(0.35)


def shaded(image, module):
    shade = Image.linear_gradient("L").resize(image.size).point(lambda v: 90 + v * 165 // 255)
    return Image.composite(image, Image.new("RGB", image.size, (30, 28, 26)), shade)


def printed(image, module):
    """Ink that spreads, paper that is not white, a scanner that is not sharp."""
    ink = image.filter(ImageFilter.GaussianBlur(0.6)).point(lambda v: max(0, min(255, int((v - 20) * 0.92))))
    paper = Image.blend(ink, Image.new("RGB", image.size, (236, 230, 218)), 0.12)
    return jpeg(70)(noisy(18)(paper, module), module)


SPOILS = {
    "blur 0.3": blurred(0.3), "blur 0.5": blurred(0.5), "blur 0.7": blurred(0.7),
    "turned 7": turned(7), "turned 45": turned(45), "turned 90": turned(90), "turned 133": turned(133), "turned 180": turned(180),
    "askew 5": askew(0.05, 0.03), "askew 12": askew(0.12, 0.08), "askew 20": askew(0.2, 0.1),
    "jpeg 50": jpeg(50), "jpeg 20": jpeg(20), "jpeg 8": jpeg(8),
    "half": smaller(0.5), "two thirds": smaller(0.66), "noise": noisy(40), "faint": faint, "shade": shaded, "print": printed,
    "print, turned": lambda i, m: printed(turned(4)(i, m), m),
    "blur and jpeg": lambda i, m: jpeg(30)(blurred(0.4)(i, m), m),
    "askew, blur, shade": lambda i, m: shaded(blurred(0.3)(askew(0.08, 0.05)(i, m), m), m),
}


def by_zxing(images):
    return [[found.text for found in zxingcpp.read_barcodes(i)] for i in images]


def by_zbar(images):
    """All in one call: the program's start takes longer than its reading."""
    with tempfile.TemporaryDirectory() as place:
        paths = []
        for n, image in enumerate(images):
            paths.append(os.path.join(place, f"{n:05}.png"))
            image.convert("L").save(paths[-1], compress_level=1)
        seen = {path: [] for path in paths}
        for at in range(0, len(paths), 200):
            ran = subprocess.run(["zbarimg", "-q", "--xml", *paths[at:at + 200]], capture_output=True, text=True)
            source = None
            for line in ran.stdout.replace("><", ">\n<").splitlines():
                if "<source href='" in line:
                    source = line.split("<source href='")[1].split("'")[0]
                if "<![CDATA[" in line and source in seen:
                    seen[source].append(line.split("<![CDATA[")[1].split("]]>")[0])
        return [seen[path] for path in paths]


def spoilt(label, number):
    """A print meets everything, a picture on a screen every second thing, a page is only read as it is."""
    if label["file"].endswith(".pdf"):
        return {}
    each = list(SPOILS.items())
    return dict(each if label["file"].startswith("print") else each[number % 2::2])


clean = [(label, picture(label)) for label in labels]
pairs = []  # what was done, the spoilt label, the spoilt plain code, what both say
for number, (label, image) in enumerate(clean):
    code = plain(label)
    for spoil, how in spoilt(label, number).items():
        pairs.append((spoil, how(image, label["module"]), how(code, label["module"]), label["link"]))

lines, good = [], True
for name, read in (("zbar", by_zbar), ("zxing", by_zxing)):
    answers = read([image for _, image in clean])
    ok = [label["link"] in found for (label, _), found in zip(clean, answers)]
    wrong = sum(text != label["link"] for (label, _), found in zip(clean, answers) for text in found)
    lines += [f"{name} does not read {label['file']}" for (label, _), well in zip(clean, ok) if not well]
    pdfs = [well for (label, _), well in zip(clean, ok) if label["file"].endswith(".pdf")]
    of_labels, of_plain = read([pair[1] for pair in pairs]), read([pair[2] for pair in pairs])
    counts = {spoil: [0, 0] for spoil in SPOILS}
    for (spoil, _, _, link), found, other in zip(pairs, of_labels, of_plain):
        wrong += sum(text != link for text in found)
        if link in other:
            counts[spoil][1] += 1
            counts[spoil][0] += link in found
    lines += [f"{name}, {spoil}: {a} of {b} in which a plain code is read" for spoil, (a, b) in counts.items() if a < b]
    both, alone = (sum(count[n] for count in counts.values()) for n in (0, 1))
    share = both / max(1, alone)
    lines.append(f"{name}: clean {sum(ok)} of {len(ok)} ({sum(pdfs)} of {len(pdfs)} PDF); spoilt {both} of the {alone} (of {len(pairs)}) in which it reads a plain code of the same version and module size ({share:.1%}); read wrongly {wrong}")
    good = good and all(ok) and share >= 0.95 and wrong == 0 and alone > len(pairs) // 2
print("\n".join(lines))
sys.exit(0 if good else 1)
