"""What scripts/check-report objects to, page by page. Skipped without a browser."""
import pathlib, shutil, subprocess, tempfile, unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "check-report"
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>t</title><link rel="icon" href="data:,"></head><body><h1>A page</h1>%s</body></html>"""
FAULTS = {
    "fine": ("<p>Text</p>", None),
    "error": ("<script>console.error('no')</script>", "console: "),
    "exception": ("<script>throw new Error('no')</script>", "exception: "),
    "request": ("<img src='http://127.0.0.1:9/a.png' alt=''>", "request: http://127.0.0.1:9/a.png"),
    "file": ("<script src='other.js'></script>", "request: file:"),
    "wide": ("<p style='width: 2000px'>Text</p>", "wider than the window"),
    "cut": ("<div class='scroll' tabindex='0' style='overflow: auto'><p style='width: 2000px'>Text</p></div>", "cut off"),
    "pale": ("<p style='color: #aaa; background: #fff'>Text</p>", "contrast of P"),
    "heading": ("<h3>Too deep</h3>", "heading skips a level"),
    "link": ("<a href='#nowhere'>Text</a>", "link leads nowhere"),
    "chart": ("<div role='img'></div>", "has no name"),
    "table": ("<table><tr><td>1</td></tr></table>", "table without a caption"),
    "input": ("<input>", "input without a label"),
    "large": ("<!--" + "x" * 3_000_000 + "-->", "bytes, more than"),
}


@unittest.skipUnless(any(map(shutil.which, BROWSERS)), "no browser")
class CheckReportTests(unittest.TestCase):
    def test_every_fault_is_named_and_a_sound_page_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder, f"{name}.html") for name in FAULTS]
            for file in files:
                file.write_text(PAGE % FAULTS[file.stem][0])
            done = subprocess.run([SCRIPT, *files], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stderr)
        told, name = {}, None
        for line in done.stdout.splitlines():
            if not line.startswith("  "):
                name = line.split(".html")[0]
                told[name] = ""
            else:
                told[name] += line + "\n"
        self.assertEqual(set(told), set(FAULTS))
        for name, (_, expected) in FAULTS.items():
            if expected is None:
                self.assertEqual(told[name], "", name)
            else:
                self.assertIn(expected, told[name], name)


if __name__ == "__main__":
    unittest.main()
