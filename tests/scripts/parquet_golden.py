"""Makes host-trainer/tests/data/teacher.parquet: a teacher's answers as pyarrow writes a data frame, for
host-trainer/src/data_table/parquet_file.rs to read.

    pip install pyarrow==26.0.1
    python tests/scripts/parquet_golden.py
"""

import decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet

GOLDEN = Path(__file__).parents[2] / "host-trainer" / "tests" / "data" / "teacher.parquet"


def main():
    table = pyarrow.table(
        {
            "path": ["a, b.wav", " c.wav"],
            "take": pyarrow.array([1, None], pyarrow.int16()),
            "float calm": pyarrow.array([-0.5, 2.25], pyarrow.float32()),
            "float sad": pyarrow.array([1e-3, -1e6], pyarrow.float64()),
            "speaker": pyarrow.array(["anna", "anna"]).dictionary_encode(),
        }
    )
    pyarrow.parquet.write_table(table, GOLDEN)
    pyarrow.parquet.write_table(table, GOLDEN.with_name("teacher_zstd.parquet"), compression="zstd")
    odd = {
        "path": pyarrow.array([b"a.wav"]),
        "when": pyarrow.array([0], pyarrow.timestamp("s")),
        "embedding": [[1.0, 2.0]],
        "float calm": pyarrow.array([0.5], pyarrow.float16()),
        "float sad": pyarrow.array([decimal.Decimal("-1.25")], pyarrow.decimal128(5, 2)),
    }
    pyarrow.parquet.write_table(pyarrow.table(odd), GOLDEN.with_name("odd_columns.parquet"))


if __name__ == "__main__":
    main()
