// node wasm.mjs MODULE MODEL: prints the answers.

import { readFileSync } from "node:fs";

const [module, model] = process.argv.slice(2).map((path) => readFileSync(path));
const write = (at, size) => console.log(new TextDecoder().decode(new Uint8Array(memory.buffer, at, size)));
const { instance } = await WebAssembly.instantiate(module, { host: { write } });
const { memory, malloc, answer } = instance.exports;
const at = malloc(model.length);
new Uint8Array(memory.buffer, at, model.length).set(model);
process.exitCode = answer(at, model.length);
