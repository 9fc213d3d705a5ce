package org.velella.spark.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.to_json;

import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/** Values of data frames as text for people and for CSV. */
final class Cells {
  private Cells() {}

  /** The same rows with every column of one plain value: nested ones as JSON, bytes as hex. */
  static Dataset<Row> flat(Dataset<Row> rows) {
    String[] names =
        IntStream.range(0, rows.columns().length).mapToObj(i -> "c" + i).toArray(String[]::new);
    DataType[] types = new DataType[names.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = rows.schema().fields()[i].dataType();
    }
    // Queries may give two columns the same name.
    Column[] columns = new Column[names.length];
    for (int i = 0; i < names.length; i++) {
      columns[i] = flat(col(names[i]), types[i]);
    }
    return rows.toDF(names).select(columns);
  }

  private static Column flat(Column column, DataType type) {
    if (type instanceof ArrayType || type instanceof MapType || type instanceof StructType) {
      return to_json(column);
    }
    return type instanceof BinaryType ? hex(column) : column;
  }
}
