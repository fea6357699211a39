#!/usr/bin/env python3
"""Opens exported weights with the safetensors package and compares them with the checkpoint of their run.

Float weights must be equal; of dequantized ones the relative error of each tensor is printed.

pip install safetensors h5py numpy.   usage: weights.py RUN_FOLDER FILE.safetensors...
"""
import sys

import h5py
import numpy as np
from safetensors import safe_open


def checkpoint(folder):
    """Tensors of checkpoints/best.h5 by name."""
    tensors = {}
    with h5py.File(f"{folder}/checkpoints/best.h5") as file:
        file.visititems(lambda name, item: tensors.update({name: item[:]}) if isinstance(item, h5py.Dataset) else None)
    return tensors


def main():
    folder, *files = sys.argv[1:]
    expected = {name.split("/")[-1]: values for name, values in checkpoint(folder).items()}
    for path in files:
        with safe_open(path, "numpy") as file:
            metadata = file.metadata()
            print(f"{path}: {metadata['name']}, {metadata['weights']}")
            assert set(file.keys()) == set(expected), f"{sorted(file.keys())} in the file, {sorted(expected)} trained"
            for name in file.keys():
                found, wanted = file.get_tensor(name), expected[name]
                assert found.shape == wanted.shape and found.dtype == np.float32
                error = np.linalg.norm(found - wanted) / max(np.linalg.norm(wanted), 1e-30)
                assert metadata["weights"] != "float" or np.array_equal(found, wanted), f"{name} differs"
                print(f"    {name:32s} {str(found.shape):16s} relative error {error:.2e}")


if __name__ == "__main__":
    main()
