"""Tests of scripts/fetch-dataset against a loopback server with generated files.

Run from the checkout: python3 -m unittest discover -s scripts/tests
With ATTAR_DATASETS set, the shipped descriptions are also checked against the real sets.
"""
import csv
import hashlib
import http.server
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import unittest

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPT = CHECKOUT / "scripts" / "fetch-dataset"
PUBLIC_BASE = "https://raw.githubusercontent.com"


class Server:
    """Serves `files` (path to bytes); paths in `truncated` send half of what they promise."""

    def __init__(self):
        self.files, self.truncated, self.broken, self.requests = {}, set(), set(), []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append(self.path)
                data = outer.files.get(self.path)
                if self.path in outer.broken:
                    self.send_error(503)
                elif data is None:
                    self.send_error(404)
                else:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data[: len(data) // 2] if self.path in outer.truncated else data)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class FetchCase(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.stop)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)

    def fetch(self, *arguments, base_url=None):
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        return subprocess.run(
            [sys.executable, str(SCRIPT), "--datasets", str(self.root), "--base-url", base_url or self.server.url, *arguments],
            capture_output=True, text=True, env=environment, timeout=60)

    def describe(self, conversion, originals, expected, name="toy", columns=("text", "label"), **more):
        """A data set `name` of one file `train.csv`, and its originals on the server."""
        addresses = {}
        for key, data in originals.items():
            self.server.files[f"/o/r/c/{key}"] = data
            addresses[key] = [f"{PUBLIC_BASE}/o/r/c/{key}"]
        file = {"name": "train.csv", "sha256": hashlib.sha256(expected).hexdigest(), "rows": expected.count(b"\n") - 1,
                "columns": list(columns), "conversion": conversion, "originals": list(originals), **more}
        folder = self.root / name
        folder.mkdir()
        source = {"licence": "a licence", "source": "https://example.org/toy", "originals": addresses, "files": [file]}
        (folder / "source.json").write_text(json.dumps(source))
        return folder

    def describe_plain(self):
        return self.describe("text-category-csv", {"a.csv": b'text,category\r\n"Hello,  you",x\r\nBye,y\r\n'},
                             b'text,label\n"Hello, you",x\nBye,y\n')

    def assert_nothing_stored(self, folder):
        self.assertEqual([path.name for path in folder.iterdir()], ["source.json"])


class Conversions(FetchCase):
    def check(self, conversion, originals, expected, **more):
        folder = self.describe(conversion, originals, expected, **more)
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((folder / "train.csv").read_bytes(), expected)
        self.assertEqual(result.stderr, "")

    def test_text_category_csv(self):
        self.check("text-category-csv", {"a.csv": 'text,category\r\n"\n\nHow ""much"", €5?",fee\r\nHi  there,x\r\n'.encode()},
                   'text,label\n"How ""much"", €5?",fee\nHi there,x\n'.encode())

    def test_sentence_tab_digit(self):
        self.check("sentence-tab-digit", {"a.tsv": b"a fine , fine film\t1\nso   dull\t0"},
                   b'text,label\n"a fine , fine film",positive\nso dull,negative\n')

    def test_digit_space_question_in_latin_1(self):
        self.check("digit-space-question", {"q.all": "4 Where is the caf\u00e9 ?\n2 What does `` x '' stand for ?\n".encode("latin-1")},
                   "text,label\nWhere is the caf\u00e9 ?,LOC\nWhat does `` x '' stand for ?,ABBR\n".encode())

    def test_label_tab_text_keeps_quotes_that_do_not_pair(self):
        self.check("label-tab-text", {"m.tsv": b'ham\tHe said "now  or never\nspam\tWin\there\n'},
                   b'text,label\n"He said ""now or never",ham\nWin here,spam\n')

    def test_news_csv_turns_written_line_breaks_into_spaces(self):
        self.check("news-csv", {"n.csv": b'"3","Up","A second\\team at  #36;10"\n"4","Net","social\\network\\\\""quoted"" "\n'},
                   b'text,label,origin\nUp A second team at #36;10,Business,official test\n'
                   b'"Net social etwork ""quoted""",Sci/Tech,official test\n', columns=("text", "label", "origin"))

    def test_news_excerpts_number_topics_from_zero_and_from_one(self):
        self.check("news-excerpts", {"train": b"0,Peace .\tAt last .\n", "ub": b'1,"A goal , late"\n', "pml": b'"2","Cup","Won"\n'},
                   b"text,label,origin\n"
                   b'Peace . At last .,World,"keaml train (description only, tokenised)"\n'
                   b'"A goal , late",Sports,"keaml ub_train (description only, tokenised)"\n'
                   b"Cup Won,Sports,pml (title+description)\n", columns=("text", "label", "origin"))


class Outcomes(FetchCase):
    def test_says_licence_and_where(self):
        folder = self.describe_plain()
        result = self.fetch("toy")
        self.assertIn("a licence", result.stdout)
        self.assertIn(str(folder), result.stdout)
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["source.json", "train.csv"])

    def test_second_run_downloads_nothing(self):
        folder = self.describe_plain()
        self.fetch("toy")
        before, modified = len(self.server.requests), (folder / "train.csv").stat().st_mtime_ns
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 0)
        self.assertIn("already", result.stdout)
        self.assertEqual(len(self.server.requests), before)
        self.assertEqual((folder / "train.csv").stat().st_mtime_ns, modified)

    def test_a_damaged_file_is_fetched_again(self):
        folder = self.describe_plain()
        self.fetch("toy")
        intact = (folder / "train.csv").read_bytes()
        (folder / "train.csv").write_bytes(intact[:-3])
        self.assertEqual(self.fetch("toy").returncode, 0)
        self.assertEqual((folder / "train.csv").read_bytes(), intact)

    def test_checksum_mismatch_stores_nothing(self):
        folder = self.describe_plain()
        self.server.files["/o/r/c/a.csv"] += b"One more,x\r\n"
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"train\.csv: SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64} \(3 rows, expected 2\)")
        self.assert_nothing_stored(folder)

    def test_checksum_mismatch_keeps_what_was_there(self):
        folder = self.describe_plain()
        (folder / "train.csv").write_bytes(b"mine")
        self.server.files["/o/r/c/a.csv"] += b"One more,x\r\n"
        self.fetch("toy")
        self.assertEqual((folder / "train.csv").read_bytes(), b"mine")

    def test_accepted_mismatch_is_stored_with_a_warning(self):
        folder = self.describe_plain()
        self.server.files["/o/r/c/a.csv"] += b"One more,x\r\n"
        result = self.fetch("toy", "--accept-mismatch")
        self.assertEqual(result.returncode, 0)
        self.assertIn("warning", result.stderr)
        self.assertIn(b"One more", (folder / "train.csv").read_bytes())

    def test_not_found(self):
        folder = self.describe_plain()
        self.server.files.clear()
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/o/r/c/a.csv: not found (404)", result.stderr)
        self.assert_nothing_stored(folder)

    def test_a_second_address_stands_in_for_a_missing_one(self):
        folder = self.describe_plain()
        path = folder / "source.json"
        source = json.loads(path.read_text())
        source["originals"]["a.csv"].insert(0, f"{PUBLIC_BASE}/gone/a.csv")
        path.write_text(json.dumps(source))
        self.assertEqual(self.fetch("toy").returncode, 0)
        self.assertEqual(self.server.requests, ["/gone/a.csv", "/o/r/c/a.csv"])

    def test_truncated_transfer(self):
        folder = self.describe_plain()
        self.server.truncated.add("/o/r/c/a.csv")
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"19 of 39 bytes arrived|ended after 19 bytes")
        self.assert_nothing_stored(folder)

    def test_server_error(self):
        folder = self.describe_plain()
        self.server.broken.add("/o/r/c/a.csv")
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 1)
        self.assertIn("503", result.stderr)
        self.assert_nothing_stored(folder)

    def test_no_network(self):
        folder = self.describe_plain()
        gone = Server()
        gone.stop()
        result = self.fetch("toy", base_url=gone.url)
        self.assertEqual(result.returncode, 1)
        self.assertIn("is there a network", result.stderr)
        self.assert_nothing_stored(folder)

    def test_a_web_page_instead_of_data(self):
        folder = self.describe("sentence-tab-digit", {"a.tsv": b"fine\t1\n"}, b"text,label\nfine,positive\n")
        self.server.files["/o/r/c/a.tsv"] = b"<!doctype html>\n<title>Sign in</title>\n"
        result = self.fetch("toy")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not in the expected form `sentence-tab-digit`", result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assert_nothing_stored(folder)

    def test_unknown_name_lists_the_known_ones(self):
        self.describe_plain()
        for arguments in (["nonesuch"], []):
            result = self.fetch(*arguments)
            self.assertEqual(result.returncode, 2)
            self.assertIn("Known: toy", result.stderr)


class ShippedDescriptions(FetchCase):
    SHIPPED = sorted((CHECKOUT / "datasets").glob("*/source.json"))

    def test_five_sets_are_described(self):
        self.assertEqual([path.parent.name for path in self.SHIPPED], ["ag_news", "banking77", "sms_spam", "sst2", "trec6"])

    def test_cards_tell_the_same_checksums_and_ignore_files_cover_the_rows(self):
        for path in self.SHIPPED:
            card = (path.parent / "card.md").read_text(encoding="utf-8")
            for file in json.loads(path.read_text())["files"]:
                with self.subTest(set=path.parent.name, file=file["name"]):
                    self.assertRegex(file["sha256"], r"^[0-9a-f]{64}$")
                    self.assertIn(file["sha256"], card)
                    self.assertIn(str(file["rows"]), card)
                    if "rows_from" in file:
                        self.assertEqual(len((path.parent / file["rows_from"]).read_text().split()), file["rows"])
            self.assertIn("*.csv", (path.parent / ".gitignore").read_text().split())

    def test_addresses_name_a_commit(self):
        for path in self.SHIPPED:
            for addresses in json.loads(path.read_text())["originals"].values():
                for address in addresses:
                    self.assertTrue(re.match(PUBLIC_BASE + r"/[^/]+/[^/]+/[0-9a-f]{40}/", address), address)

    @unittest.skipUnless(os.environ.get("ATTAR_DATASETS"), "ATTAR_DATASETS is not set")
    def test_originals_rebuilt_from_the_real_sets_give_the_listed_checksums(self):
        """The real originals cannot be had here: files of their form, made from the real rows, stand in."""
        real = pathlib.Path(os.environ["ATTAR_DATASETS"])
        for path in self.SHIPPED:
            name = path.parent.name
            if not (real / name).is_dir():
                continue
            with self.subTest(set=name):
                source = json.loads(path.read_text())
                self.serve_stand_ins(name, source, real / name)
                folder = self.root / name
                folder.mkdir()
                for file in list(path.parent.glob("*.rows")) + [path]:
                    (folder / file.name).write_bytes(file.read_bytes())
                result = self.fetch(name)
                self.assertEqual(result.returncode, 0, result.stderr)
                for file in source["files"]:
                    self.assertEqual((folder / file["name"]).read_bytes(), (real / name / file["name"]).read_bytes())

    def serve_stand_ins(self, name, source, folder):
        rows = {}
        for file in source["files"]:
            with open(folder / file["name"], newline="", encoding="utf-8") as table:
                rows[file["name"]] = list(csv.reader(table))[1:]

        def serve(key, data):
            for address in source["originals"][key]:
                self.server.files[address[len(PUBLIC_BASE):]] = data

        def as_csv(table):
            text = io.StringIO(newline="")
            csv.writer(text).writerows(table)
            return text.getvalue().encode("utf-8")

        def shuffled(table):
            table = list(table)
            random.Random(1).shuffle(table)
            return table

        for file in source["files"]:
            table, keys = rows[file["name"]], file["originals"]
            if name == "banking77":
                serve(keys[0], as_csv([["text", "category"]] + [[f"\n{text.replace(' ', '  ', 1)}", label] for text, label in table]))
            elif name == "sst2":
                serve(keys[0], "\n".join(f"{text}\t{int(label == 'positive')}" for text, label in table).encode())
            elif name == "trec6":
                digits = ["DESC", "ENTY", "ABBR", "HUM", "LOC", "NUM"]
                serve(keys[0], "".join(f"{digits.index(label)} {text}\n" for text, label in table).encode("latin-1"))
            elif file["conversion"] == "news-csv":
                topics = ["World", "Sports", "Business", "Sci/Tech"]
                serve(keys[0], as_csv([[topics.index(r[1]) + 1, *r[0].split(" ", 1)] for r in table]))
        if name == "sms_spam":
            everything = shuffled(rows["train.csv"] + rows["test.csv"])
            serve("all", "".join(f"{label}\t{text}\n" for text, label in everything).encode("utf-8"))
        if name == "ag_news":
            topics = ["World", "Sports", "Business", "Sci/Tech"]
            table = shuffled(rows["train.csv"]) + [["a row that was left out", "World", "keaml train"]]
            serve("keaml-train", as_csv([[topics.index(r[1]), r[0]] for r in table if r[2].startswith("keaml train")]))
            serve("keaml-ub-train", as_csv([[topics.index(r[1]), r[0]] for r in table if r[2].startswith("keaml ub_train")]))
            serve("pml-train", as_csv([[topics.index(r[1]) + 1, *r[0].split(" ", 1)] for r in table if r[2].startswith("pml")]))


if __name__ == "__main__":
    unittest.main()
