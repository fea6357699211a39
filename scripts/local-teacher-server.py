"""Serve a GGUF model on loopback through llama.cpp's HTTP server, until SIGTERM.

Started by scripts/local-teacher, which picks the interpreter, the model and the port.
"""

import argparse
import signal
import threading

import xllamacpp

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--model", required=True, help="path of the GGUF file")
parser.add_argument("--alias", required=True, help="model name that the endpoint answers to")
parser.add_argument("--port", required=True, type=int)
parser.add_argument("--slots", required=True, type=int, help="requests decoded together")
parser.add_argument("--threads", required=True, type=int)
parser.add_argument("--slot-context", default=1024, type=int, help="tokens of context for each slot")
arguments = parser.parse_args()

params = xllamacpp.CommonParams()
params.model.path = arguments.model
params.model_alias = {arguments.alias}
params.hostnames = ["127.0.0.1"]
params.port = arguments.port
params.n_parallel = arguments.slots
params.n_ctx = arguments.slots * arguments.slot_context
params.cpuparams.n_threads = arguments.threads
params.cpuparams_batch.n_threads = arguments.threads
params.cont_batching = True
params.cache_prompt = True
params.cache_ram_mib = 256  # of prompts that left their slot; without a limit it takes 8 GB within an hour
params.use_jinja = True
params.verbosity = 2  # warnings; the log would otherwise grow with every request

stop = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stop.set())
server = xllamacpp.Server(params)
stop.wait()
del server
