package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.velella.spark.job.CommandText;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.TrialNetwork;
import org.velella.spark.job.UsageException;

/** Figures from a run's tables. Only what a figure shows is collected, and no more than it can. */
public final class Plots {
  /** Spikes that a raster shows; of more, every n-th. */
  static final int MOST_SPIKES = 20_000;

  private static final int BINS = 100;
  private static final int STRIP_HEIGHT = 150;

  private final RunTables tables;

  /** Figures of a run. */
  public Plots(RunTables tables) {
    this.tables = tables;
  }

  /**
   * Which part of a run a figure shows.
   *
   * @param trial its {@code trial_id}; null for the first
   * @param sample its {@code sample_id}; null for the first
   * @param node of the network; null for all that were recorded
   */
  public record Part(Long trial, Long sample, String node) {
    /** All nodes of the first sample. */
    public static final Part FIRST = new Part(null, null, null);

    /** All nodes of a sample, of the first trial that has it. */
    public static Part sample(long id) {
      return new Part(null, id, null);
    }

    /** As this one, but only a node. */
    public Part at(String ofNode) {
      return new Part(trial, sample, ofNode);
    }

    /** In words, a blank before each; empty for all. */
    private String words() {
      return (trial == null ? "" : " of trial " + trial)
          + (sample == null ? "" : " of sample " + sample)
          + (node == null ? "" : " of node " + node);
    }
  }

  /** A table's rows of one sample, and which sample that is. */
  private record Chosen(Dataset<Row> rows, long trial, String title) {}

  private Chosen choose(Dataset<Row> table, Part part, String what, String of) {
    Dataset<Row> rows = table;
    if (part.node() != null) {
      rows = rows.where(functions.col("node").equalTo(part.node()));
    }
    if (part.trial() != null) {
      rows = rows.where(functions.col("trial_id").equalTo(part.trial()));
    }
    if (part.sample() != null) {
      rows = rows.where(functions.col("sample_id").equalTo(part.sample()));
    }
    List<Row> first =
        rows.select("trial_id", "sample_id").sort("trial_id", "sample_id").limit(1).collectAsList();
    if (first.isEmpty()) {
      String columns = of.isEmpty() ? "node" : "node, variable";
      throw new UsageException(
          "%s has no %s%s%s; look what there is: velella sql %s 'SELECT DISTINCT trial_id, sample_id, %s FROM %s'"
              .formatted(
                  tables.location(),
                  what,
                  of,
                  part.words(),
                  CommandText.quoted(tables.location()),
                  columns,
                  what));
    }
    long trial = first.get(0).getLong(0);
    long sample = first.get(0).getLong(1);
    Dataset<Row> chosen =
        rows.where(
            functions
                .col("trial_id")
                .equalTo(trial)
                .and(functions.col("sample_id").equalTo(sample)));
    String name = (trial == 0 ? "" : "trial " + trial + ", ") + "sample " + sample;
    return new Chosen(chosen, trial, name);
  }

  /**
   * As {@link #raster(Part)}, of a sample of the first trial that has it; easy to call from Python.
   */
  public Figure raster(long sample) {
    return raster(Part.sample(sample));
  }

  /** When which neuron fired, and below it the rate of each node. */
  public Figure raster(Part part) {
    Chosen chosen = choose(tables.spikes(), part, "spikes", "");
    List<Row> nodes =
        chosen
            .rows()
            .groupBy("node")
            .agg(
                functions.count("*"),
                functions.max("neuron").plus(1).cast("double"),
                functions.max("step").plus(1).cast("double"))
            .sort("node")
            .collectAsList();
    long count = nodes.stream().mapToLong(node -> node.getLong(1)).sum();
    double end = nodes.stream().mapToDouble(node -> node.getDouble(3)).max().orElseThrow();
    long every = (count + MOST_SPIKES - 1) / MOST_SPIKES;
    // A hash of the spike decides, so that the same run gives the same figure.
    Column hash = functions.hash(functions.col("step"), functions.col("neuron"));
    List<Row> shown =
        chosen
            .rows()
            .where(functions.pmod(hash, functions.lit(every)).equalTo(0))
            .select("node", "step", "neuron")
            .sort("node", "step", "neuron")
            .limit(2 * MOST_SPIKES)
            .collectAsList();
    String title = "Spikes of " + chosen.title() + (every > 1 ? ", one of " + every : "");
    XYChart raster = Style.lines(title, "", "neuron", Style.HEIGHT);
    Style.asRaster(raster);
    double base = 0;
    List<SpikeDensity.Band> bands = new ArrayList<>();
    for (Row node : nodes) {
      String name = node.getString(0);
      double from = base;
      bands.add(new SpikeDensity.Band(name, from));
      List<Row> own = shown.stream().filter(spike -> spike.getString(0).equals(name)).toList();
      if (!own.isEmpty()) {
        raster.addSeries(
            name,
            own.stream().mapToDouble(spike -> spike.getInt(1)).toArray(),
            own.stream().mapToDouble(spike -> from + spike.getInt(2)).toArray());
      }
      base += node.getDouble(2);
    }
    raster.getStyler().setLegendVisible(nodes.size() > 1);
    raster.getStyler().setXAxisMin(0.0).setXAxisMax(end).setYAxisMin(0.0).setYAxisMax(base);
    double neurons = base;
    String whole = "Spikes of " + chosen.title();
    return new Figure(
        List.of(raster, rateStrip(chosen.rows(), nodes, end)),
        count <= InlineSvg.MOST_MARKS
            ? null
            : () -> SpikeDensity.of(chosen.rows(), bands, end, neurons, whole));
  }

  private String stepAxis() {
    return "step (of %s ms)".formatted(Style.text(1000 * tables.dt()));
  }

  private XYChart rateStrip(Dataset<Row> spikes, List<Row> nodes, double end) {
    double width = Math.max(1, Math.ceil(end / BINS));
    int bins = (int) Math.ceil(end / width);
    List<Row> counts =
        spikes
            .groupBy(
                functions.col("node"),
                functions.floor(functions.col("step").divide(width)).cast("int").as("bin"))
            .count()
            .collectAsList();
    double[] middles = IntStream.range(0, bins).mapToDouble(i -> (i + 0.5) * width).toArray();
    XYChart strip = Style.lines("", stepAxis(), "rate (Hz)", STRIP_HEIGHT);
    for (Row node : nodes) {
      double[] hertz = new double[bins];
      double unit = 1 / (width * tables.dt() * node.getDouble(2));
      counts.stream()
          .filter(bin -> bin.getString(0).equals(node.getString(0)))
          .forEach(bin -> hertz[bin.getInt(1)] = bin.getLong(2) * unit);
      strip.addSeries(node.getString(0), middles, hertz).setMarker(SeriesMarkers.NONE);
    }
    strip.getStyler().setLegendVisible(nodes.size() > 1);
    strip.getStyler().setXAxisMin(0.0).setXAxisMax(end).setYAxisMin(0.0);
    return strip;
  }

  /**
   * A recorded variable over time: of {@code v} and {@code h} with the threshold of the trial,
   * where all neurons of a node have the same. Of more than 10,000 steps, the least and the
   * greatest value of each column of the picture; the title says so.
   *
   * @param variable such as {@code v}
   * @param neurons whose values are shown, of each node; eight lines at most, the title says so if
   *     there are more
   */
  public Figure trace(Part part, String variable, int... neurons) {
    Chosen chosen =
        choose(
            tables.traces().where(functions.col("variable").equalTo(variable)),
            part,
            "traces",
            " of variable " + variable);
    Function<String, OptionalDouble> threshold = node -> OptionalDouble.empty();
    if (variable.equals("v") || variable.equals("h")) {
      TrialNetwork network = tables.network(chosen.trial());
      threshold = node -> network.parameter(node, "v_threshold");
    }
    return new TraceFigure(variable + " of " + chosen.title(), variable, stepAxis(), threshold)
        .of(chosen.rows(), neurons.length == 0 ? new int[] {0} : neurons);
  }

  /** The rate of a sample's output neurons, in hertz, as an SQL expression over the results. */
  public String rate() {
    return "aggregate(spike_counts, 0D, (a, b) -> a + b) / size(spike_counts) / (steps * %s)"
        .formatted(tables.dt());
  }

  /**
   * A metric over one parameter, averaged over all that else varies. Of more than 1,000 values, the
   * mean in each of 25 to 200 equal parts of their range, of up to three lines also the least and
   * the greatest; the title says so.
   *
   * @param x a parameter of the sweep
   * @param metric an SQL expression over the results, such as {@link #rate()}
   * @param series a parameter for whose values there are lines of their own, of more than 40
   *     numbers for each of eight equal parts of their range; or null
   */
  public Figure curve(String x, String metric, String label, String series) {
    Dataset<Row> rows =
        tables
            .results()
            .select(
                line(series).as("series"),
                number(x).cast("double").as("x"),
                functions.expr(metric).as("y"))
            .where("series IS NOT NULL AND y IS NOT NULL AND abs(x) < double('infinity')");
    requireRows(rows, x);
    return new CurveFigure(x, label, series).of(rows);
  }

  /**
   * A metric over two parameters, averaged over all that else varies; see {@link #curve}. Of a
   * parameter with more than 200 values, or of strewn points, the mean in equal parts of the range;
   * the title says so.
   */
  public Figure heatMap(String x, String y, String metric, String label) {
    Dataset<Row> rows =
        tables
            .results()
            .select(
                number(x).cast("double").as("x"),
                number(y).cast("double").as("y"),
                functions.expr(metric).as("z"))
            .where("abs(x) < double('infinity') AND abs(y) < double('infinity')")
            .where("z IS NOT NULL");
    requireRows(rows, x + " and " + y);
    return new HeatMapFigure(x, y, label).of(rows);
  }

  /** How many samples' output neurons fired how often. */
  public Figure histogram() {
    Dataset<Row> counts =
        tables.results().select(functions.explode(functions.col("spike_counts")).as("count"));
    requireRows(counts, "spike_counts");
    int most = counts.agg(functions.max("count")).first().getInt(0);
    int width = Math.max(1, (most + BINS) / BINS);
    double[] bars = new double[most / width + 1];
    counts
        .groupBy(functions.floor(functions.col("count").divide(width)).cast("int"))
        .count()
        .collectAsList()
        .forEach(row -> bars[row.getInt(0)] = row.getLong(1));
    XYChart chart =
        Style.lines("Spike counts of output neurons", "spikes", "neurons", Style.HEIGHT);
    chart.getStyler().setLegendVisible(false);
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.StepArea)
        .setYAxisMin(0.0);
    double[] x = IntStream.rangeClosed(0, bars.length).mapToDouble(i -> i * width).toArray();
    double[] y =
        IntStream.rangeClosed(0, bars.length)
            .mapToDouble(i -> i < bars.length ? bars[i] : 0)
            .toArray();
    chart.addSeries("neurons", x, y).setMarker(SeriesMarkers.NONE);
    return new Figure(List.of(chart));
  }

  private Column column(String parameter) {
    String[] columns = tables.results().columns();
    if (!List.of(columns).contains(parameter)) {
      throw new UsageException(
          "The results have no column %s; they have %s"
              .formatted(parameter, String.join(", ", columns)));
    }
    return functions.col("`" + parameter + "`");
  }

  /** A column that can be an axis. */
  private Column number(String parameter) {
    Column column = column(parameter);
    DataType type = tables.results().schema().apply(parameter).dataType();
    if (!(type instanceof NumericType)) {
      throw new UsageException(
          "%s holds %s, and an axis needs numbers; --series draws a line for each of its values"
              .formatted(parameter, type.simpleString()));
    }
    return column;
  }

  /** A column whose values have lines of their own: numbers, or texts. */
  private Column line(String series) {
    if (series == null) {
      return functions.lit("");
    }
    Column column = column(series);
    DataType type = tables.results().schema().apply(series).dataType();
    return column.cast(type instanceof NumericType ? "double" : "string");
  }

  private static void requireRows(Dataset<Row> rows, String what) {
    if (rows.isEmpty()) {
      throw new UsageException(
          "There are no results to show over %s yet; finish the run with: velella resume RUN"
              .formatted(what));
    }
  }
}
