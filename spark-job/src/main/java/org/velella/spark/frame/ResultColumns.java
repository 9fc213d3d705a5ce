package org.velella.spark.frame;

import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.velella.sweep.Parameter;

/**
 * The columns of a run's results: those of {@link RunTable#RESULTS}, and in a sweep, after the ids,
 * the seed and one column for each parameter, named by its path.
 */
public final class ResultColumns {
  private static final int IDS = 2;
  private static final String SEED = "seed";

  private final List<Parameter> parameters;

  /** Columns between the ids and the results. */
  private final int inserted;

  private ResultColumns(List<Parameter> parameters, int inserted) {
    this.parameters = List.copyOf(parameters);
    this.inserted = inserted;
  }

  /** The columns of a run that is no sweep. */
  public static ResultColumns plain() {
    return new ResultColumns(List.of(), 0);
  }

  /** The columns of a sweep. */
  public static ResultColumns of(List<Parameter> parameters) {
    return new ResultColumns(parameters, 1 + parameters.size());
  }

  /** The column of a result that has that column in a run that is no sweep. */
  public int column(int plain) {
    return plain < IDS ? plain : plain + inserted;
  }

  /** The columns as Spark sees them. */
  public StructType schema() {
    StructType plain = RunTable.RESULTS.schema();
    StructType all = new StructType();
    for (int i = 0; i < plain.size(); i++) {
      if (i == IDS && inserted > 0) {
        all = all.add(new StructField(SEED, DataTypes.LongType, false, noMetadata()));
        for (Parameter parameter : parameters) {
          all =
              all.add(
                  parameter.path(),
                  parameter.isNumber() ? DataTypes.DoubleType : DataTypes.StringType);
        }
      }
      all = all.add(plain.apply(i));
    }
    return all;
  }

  private static org.apache.spark.sql.types.Metadata noMetadata() {
    return org.apache.spark.sql.types.Metadata.empty();
  }

  /** The columns in the files. */
  MessageType message() {
    MessageType plain = RunTable.RESULTS.message();
    Types.MessageTypeBuilder all = Types.buildMessage();
    for (int i = 0; i < plain.getFieldCount(); i++) {
      if (i == IDS && inserted > 0) {
        all.addField(Types.required(PrimitiveTypeName.INT64).named(SEED));
        parameters.forEach(parameter -> all.addField(field(parameter)));
      }
      all.addField(plain.getType(i));
    }
    return all.named(plain.getName());
  }

  private static Type field(Parameter parameter) {
    return parameter.isNumber()
        ? Types.optional(PrimitiveTypeName.DOUBLE).named(parameter.path())
        : Types.optional(PrimitiveTypeName.BINARY)
            .as(LogicalTypeAnnotation.stringType())
            .named(parameter.path());
  }

  /** Writes the cells of a trial, if the columns are those of a sweep. */
  public void trial(
      TableCells cells, long seed, Map<String, Double> numbers, Map<String, String> texts) {
    if (inserted == 0) {
      return;
    }
    cells.put(IDS, seed);
    for (int p = 0; p < parameters.size(); p++) {
      String path = parameters.get(p).path();
      if (numbers.containsKey(path)) {
        cells.put(IDS + 1 + p, numbers.get(path));
      } else if (texts.containsKey(path)) {
        cells.put(IDS + 1 + p, texts.get(path));
      }
    }
  }
}
