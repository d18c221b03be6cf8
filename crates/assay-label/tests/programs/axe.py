#!/usr/bin/env python3
"""Asks axe-core what is wrong with pages: axe.py AXE.MIN.JS PAGE.html... ends with 1 if it finds anything, and says what.

Each page is copied with the script at its end and opened in Chromium without a head; the findings come back in the page.
"""
import html, json, os, re, subprocess, sys, tempfile

script, pages, found = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2:], 0
RUN = "<script>axe.run().then(r=>{const p=document.createElement('pre');p.id='axe-result';" \
      "p.textContent=JSON.stringify({v:r.violations.map(v=>v.id+': '+v.help+' '+v.nodes.map(n=>n.html).join(' | ').slice(0,300)),passes:r.passes.length});" \
      "document.body.appendChild(p)})</script>"
with tempfile.TemporaryDirectory() as place:
    for page in pages:
        text = open(page, encoding="utf-8").read()
        copy = os.path.join(place, os.path.basename(page))
        at = text.rindex("</body>")
        open(copy, "w", encoding="utf-8").write(text[:at] + f"<script>{script}</script>{RUN}" + text[at:])
        ran = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom", "file://" + copy],
            capture_output=True, text=True, timeout=120)
        answer = re.search(r'<pre id="axe-result">(.*?)</pre>', ran.stdout, re.S)
        if not answer:
            print(f"{page}: axe gave no answer"); found += 1; continue
        result = json.loads(html.unescape(answer.group(1)))
        for violation in result["v"]:
            print(f"{os.path.basename(page)}: {violation}"); found += 1
        if result["passes"] < 5:
            print(f"{page}: axe looked at next to nothing ({result['passes']} rules)"); found += 1
print(f"axe: {len(pages)} pages, {found} findings")
sys.exit(1 if found else 0)
