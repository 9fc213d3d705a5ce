package org.velella.spark.frame;

import java.util.Arrays;
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
import org.velella.simulate.OperationEnergy;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.SpikeMetrics;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trials;
import org.velella.tensor.Tensor;

/**
 * The columns of a run's results: those of {@link RunTable#RESULTS}; in a sweep, after the ids, the
 * seed and one column for each parameter, named by its path; at the end those of metrics that were
 * asked for.
 */
public final class ResultColumns {
  private static final int IDS = 2;

  /** Of a run that is no sweep; finding them out takes longer than writing a row. */
  private static final int PLAIN = RunTable.RESULTS.schema().size();

  private static final String SEED = "seed";
  private static final String TRIAL_STEPS = "trial_steps";

  /** For each output neuron, seconds; null with fewer than two spikes. */
  private static final String ISI_MEAN = "isi_mean";

  /** For each output neuron, standard deviation by mean; null with fewer than two intervals. */
  private static final String ISI_CV = "isi_cv";

  /** Of the spikes of all outputs in windows; null with fewer than two windows, or no spikes. */
  private static final String FANO = "fano";

  /** Of all operations of the sample, picojoules. */
  private static final String ENERGY = "energy_pj";

  /** For each counted node: lists of whole numbers, under the names of what is kept. */
  private static final List<String> OPERATIONS =
      List.of(
          OutputMetrics.NODE_SPIKES,
          OutputMetrics.NODE_SYNAPTIC_OPERATIONS,
          OutputMetrics.NODE_ADDITIONS,
          OutputMetrics.NODE_PRODUCTS,
          OutputMetrics.NODE_UPDATES);

  private final List<Parameter> parameters;
  private final OutputMetrics metrics;

  /** Columns between the ids and the results. */
  private final int inserted;

  private ResultColumns(List<Parameter> parameters, int inserted, OutputMetrics metrics) {
    this.parameters = List.copyOf(parameters);
    this.inserted = inserted;
    this.metrics = metrics;
  }

  /** The columns of a run that is no sweep. */
  public static ResultColumns plain(OutputMetrics metrics) {
    return new ResultColumns(List.of(), 0, metrics);
  }

  /** The columns of a sweep. */
  public static ResultColumns of(List<Parameter> parameters, OutputMetrics metrics) {
    return new ResultColumns(parameters, 1 + parameters.size(), metrics);
  }

  /** A parameter's column; {@code steps} are those that were run, whatever a trial has set. */
  private static String name(Parameter parameter) {
    return parameter.path().equals(Trials.STEPS) ? TRIAL_STEPS : parameter.path();
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
                  name(parameter),
                  parameter.isNumber() ? DataTypes.DoubleType : DataTypes.StringType);
        }
      }
      all = all.add(plain.apply(i));
    }
    if (metrics.hasIntervals()) {
      all = all.add(ISI_MEAN, DataTypes.createArrayType(DataTypes.DoubleType, true));
      all = all.add(ISI_CV, DataTypes.createArrayType(DataTypes.DoubleType, true));
    }
    if (metrics.window().isPresent()) {
      all = all.add(FANO, DataTypes.DoubleType);
    }
    if (metrics.energy().isPresent()) {
      for (String name : OPERATIONS) {
        all = all.add(name, DataTypes.createArrayType(DataTypes.LongType, true));
      }
      all = all.add(ENERGY, DataTypes.DoubleType);
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
    if (metrics.hasIntervals()) {
      all.addField(list(PrimitiveTypeName.DOUBLE, ISI_MEAN));
      all.addField(list(PrimitiveTypeName.DOUBLE, ISI_CV));
    }
    if (metrics.window().isPresent()) {
      all.addField(Types.optional(PrimitiveTypeName.DOUBLE).named(FANO));
    }
    if (metrics.energy().isPresent()) {
      OPERATIONS.forEach(name -> all.addField(list(PrimitiveTypeName.INT64, name)));
      all.addField(Types.optional(PrimitiveTypeName.DOUBLE).named(ENERGY));
    }
    return all.named(plain.getName());
  }

  private static Type list(PrimitiveTypeName elements, String name) {
    return Types.optionalList().optionalElement(elements).named(name);
  }

  private static Type field(Parameter parameter) {
    return parameter.isNumber()
        ? Types.optional(PrimitiveTypeName.DOUBLE).named(name(parameter))
        : Types.optional(PrimitiveTypeName.BINARY)
            .as(LogicalTypeAnnotation.stringType())
            .named(name(parameter));
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
      Double number = numbers.get(path);
      String text = number == null ? texts.get(path) : null;
      if (number != null) {
        cells.put(IDS + 1 + p, number.doubleValue());
      } else if (text != null) {
        cells.put(IDS + 1 + p, text);
      }
    }
  }

  /**
   * Writes the cells of metrics.
   *
   * @param statistics of a range, as {@link OutputMetrics} names them
   * @param row among them
   * @param steps that the row has run
   * @param dt seconds per step
   */
  public void metrics(
      TableCells cells, Map<String, Tensor> statistics, int row, long steps, double dt) {
    if (statistics.containsKey(OutputMetrics.SPIKE_COUNTS)) {
      ofOutputs(cells, statistics, row, steps, dt);
    }
    metrics.energy().ifPresent(energy -> operations(cells, statistics, row, energy));
  }

  private void ofOutputs(
      TableCells cells, Map<String, Tensor> statistics, int row, long steps, double dt) {
    int column = PLAIN + inserted;
    int[] counts = statistics.get(OutputMetrics.SPIKE_COUNTS).ints();
    int width = statistics.get(OutputMetrics.SPIKE_COUNTS).shape().dim(1);
    int from = row * width;
    long spikes = 0;
    for (int i = from; i < from + width; i++) {
      spikes += counts[i];
    }
    cells.put(column - 1, SpikeMetrics.rate(spikes, width, steps * dt));
    if (metrics.hasIntervals()) {
      int[] first = statistics.get(OutputMetrics.FIRST_SPIKE_STEP).ints();
      int[] last = statistics.get(OutputMetrics.LAST_SPIKE_STEP).ints();
      long[] squares = statistics.get(OutputMetrics.INTERVAL_SQUARES).longs();
      double[] mean = new double[width];
      double[] variation = new double[width];
      for (int i = 0; i < width; i++) {
        int at = from + i;
        mean[i] = SpikeMetrics.meanInterval(counts[at], first[at], last[at]) * dt;
        variation[i] = SpikeMetrics.intervalVariation(counts[at], first[at], last[at], squares[at]);
      }
      cells.put(column++, mean);
      cells.put(column++, variation);
    }
    if (metrics.window().isPresent()) {
      long current = statistics.get(OutputMetrics.WINDOW_SPIKES).longs()[row];
      long squares = statistics.get(OutputMetrics.WINDOW_SQUARES).longs()[row];
      double fano =
          SpikeMetrics.fano(steps / metrics.window().getAsInt(), spikes - current, squares);
      if (!Double.isNaN(fano)) {
        cells.put(column, fano);
      }
    }
  }

  private void operations(
      TableCells cells, Map<String, Tensor> statistics, int row, OperationEnergy energy) {
    int column = PLAIN + inserted;
    column += metrics.hasIntervals() ? 2 : 0;
    column += metrics.window().isPresent() ? 1 : 0;
    for (String name : OPERATIONS) {
      cells.put(column++, ofRow(statistics.get(name), row));
    }
    long additions = Arrays.stream(ofRow(statistics.get(OutputMetrics.NODE_ADDITIONS), row)).sum();
    long products = Arrays.stream(ofRow(statistics.get(OutputMetrics.NODE_PRODUCTS), row)).sum();
    cells.put(column, energy.of(additions, products));
  }

  private static long[] ofRow(Tensor tensor, int row) {
    int width = tensor.shape().dim(1);
    return Arrays.copyOfRange(tensor.longs(), row * width, (row + 1) * width);
  }
}
