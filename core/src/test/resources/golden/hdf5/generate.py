"""Writes earliest.h5 and v110.h5: the numbers 0, 1, 2, ... in every shape, chunk, type and filter;
unwritten.h5, of which parts were never written; and filters.h5, with filters that are not read.

    pip install h5py==3.16.0 && python generate.py
"""

import h5py
import numpy as np

SHAPES = {
    (): [None],
    (13,): [None, (13,), (5,), (1,)],
    (7, 11): [None, (7, 11), (3, 4), (7, 2), (1, 11)],
    (3, 4, 5, 2): [(3, 4, 5, 2), (2, 3, 4, 1)],
}
TYPES = ["<f4", ">f4", "<f2", "<f8", ">f8", "<i8", ">i4", "<i2", "|i1", "|u1", "<u4", "<u8"]
FILTERS = {
    "plain": {},
    "gzip": {"compression": "gzip"},
    "shuffled": {"compression": "gzip", "shuffle": True},
    "checked": {"compression": "gzip", "fletcher32": True},
}

for version in ("earliest", "v110"):
    with h5py.File(version + ".h5", "w", libver=(version, "v110")) as file:
        for shape, chunks in SHAPES.items():
            values = np.arange(np.prod(shape, dtype=int)).reshape(shape)
            for chunk in chunks:
                # Not everything with everything: the file would be large.
                types = TYPES if version == "v110" and chunk in [None, (3, 4), (7, 11)] else ["<f4"]
                for dtype in types:
                    for name, options in FILTERS.items():
                        if chunk is None and options:
                            continue
                        key = "%s %s %s %s" % (shape, chunk, dtype.replace("|", ""), name)
                        file.create_dataset(
                            key, data=values.astype(dtype), chunks=chunk, **options
                        )
        # In the dataset's own header.
        for dtype in ("<f4", ">f8", "<i4"):
            values = np.arange(13, dtype=dtype)
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_layout(h5py.h5d.COMPACT)
            name = "(13,) None %s compact" % dtype
            dataset = h5py.h5d.create(
                file.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)),
                h5py.h5s.create_simple((13,)), plist
            )
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values)

with h5py.File("unwritten.h5", "w") as file:
    for fill in (0, 7):
        options = {"shape": (5,), "dtype": "<f4", "fillvalue": fill}
        file.create_dataset("contiguous of %d" % fill, **options)
        file.create_dataset("chunked of %d" % fill, chunks=(2,), **options)
        file.create_dataset("scalar of %d" % fill, shape=(), dtype="<f4", fillvalue=fill)
        half = file.create_dataset("half of %d" % fill, chunks=(2,), **options)
        half[:2] = [1, 2]
        whole = file.create_dataset("whole of %d" % fill, chunks=(2,), **options)
        whole[:] = [1, 2, 3, 4, 5]
    file.create_dataset("null", data=h5py.Empty("<f4"))

with h5py.File("filters.h5", "w") as file:
    values = np.arange(13, dtype="<f4")
    file.create_dataset("lzf", data=values, chunks=(13,), compression="lzf")
    file.create_dataset("scaleoffset", data=values.astype("<i4"), chunks=(13,), scaleoffset=0)
