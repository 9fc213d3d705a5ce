package org.velella.network.nir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.hdf5.Hdf5Exception;
import org.velella.hdf5.Hdf5Region;
import org.velella.hdf5.Hdf5Sink;
import org.velella.hdf5.Hdf5Type;
import org.velella.hdf5.Hdf5Writer;
import org.velella.network.NodePath;
import org.velella.tensor.Tensor;

/**
 * Writes what a run has recorded as NIR's second format, {@code NIRGraphData}: for each node its
 * observables, spikes as {@code EventData}, variables as {@code TimeGriddedData}. Nodes of nested
 * graphs lie in nested data. What was written is on disk at once, so memory does not grow with the
 * recording. {@link #finish} completes the file; without it no reader takes what there is for one.
 * Not thread-safe.
 */
public final class NirDataWriter implements AutoCloseable {
  private static final String TYPE = "__type__";

  private final Hdf5Sink sink;
  private final Hdf5Writer out;
  private final double dt;
  private final int samples;
  private final int steps;
  private final Map<String, Map<String, NirObservable>> observables = new LinkedHashMap<>();
  private final Map<String, Tensor> ids = new LinkedHashMap<>();
  private final Level root = new Level("");
  private boolean finished;

  private NirDataWriter(Hdf5Sink sink, double dt, int samples, int steps) {
    this.sink = sink;
    this.dt = dt;
    this.samples = samples;
    this.steps = steps;
    out = new Hdf5Writer(sink, Hdf5Writer.Storage.DEFLATED);
  }

  /**
   * A new file; it is complete once {@link #finish} has returned.
   *
   * @param dt seconds per step
   * @param samples of all observables
   * @param steps of the recording
   * @throws NirException if a number is not positive
   * @throws UncheckedIOException if the file is there already or cannot be written
   */
  public static NirDataWriter create(Path file, double dt, int samples, int steps) {
    if (!(dt > 0) || Double.isInfinite(dt) || samples < 1 || steps < 1) {
      throw new NirException(
          "Recorded data need a time step, samples and steps, found %s s, %d and %d"
              .formatted(dt, samples, steps));
    }
    try {
      return new NirDataWriter(Hdf5Sink.file(file), dt, samples, steps);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How many bytes an observable of spikes takes.
   *
   * @param mostEvents of one sample
   */
  public static long eventBytes(int samples, int mostEvents) {
    return 16L * samples * mostEvents;
  }

  /** How many bytes an observable of a variable takes. */
  public static long gridBytes(int samples, int steps, int neurons) {
    return Math.multiplyExact((long) samples * steps, (long) Float.BYTES * neurons);
  }

  /**
   * Whose rows the samples are: a dataset beside the nodes, which readers that do not know it skip.
   *
   * @param name such as {@code sample_id}
   * @param numbers one per sample
   */
  public void ids(String name, Tensor numbers) {
    requireUnfinished();
    ids.put(name, numbers);
  }

  /**
   * An observable of events. Each has a time of step · dt, or the least number above it that gives
   * the step again when divided by dt. Rows are filled up with index −1 and time ∞.
   *
   * @param node the node's path
   * @param mostEvents the most that one sample has
   */
  public Events events(String node, String name, int neurons, int mostEvents) {
    long[] shape = {samples, mostEvents};
    Events events =
        new Events(
            out.reserve(Hdf5Type.INT64, shape),
            out.reserve(Hdf5Type.FLOAT64, shape),
            this,
            neurons,
            mostEvents);
    add(node, name, events);
    return events;
  }

  /** An observable with a number per neuron and step; NaN where nothing is given. */
  public Grid grid(String node, String name, int neurons) {
    Grid grid = new Grid(out.reserve(Hdf5Type.FLOAT32, samples, steps, neurons), this, neurons);
    add(node, name, grid);
    return grid;
  }

  private void add(String node, String name, NirObservable observable) {
    requireUnfinished();
    if (!NirNesting.isName(name)) {
      throw new NirException("HDF5 can hold no observable named '%s'".formatted(name));
    }
    if (!observables.containsKey(node)) {
      place(node);
    }
    Map<String, NirObservable> of = observables.computeIfAbsent(node, key -> new LinkedHashMap<>());
    if (of.put(name, observable) != null) {
      throw new NirException("Node %s has two observables named '%s'".formatted(node, name));
    }
  }

  private void requireUnfinished() {
    if (finished) {
      throw new IllegalStateException("The file is finished; nothing more can be given");
    }
  }

  /** Finds a node's place, which may be no other node's and no graph's. */
  private void place(String node) {
    List<String> segments = NodePath.split(node);
    for (String segment : segments) {
      if (!NirNesting.isName(segment)) {
        throw new NirException(
            "HDF5 can hold no node named '%s', as in %s".formatted(segment, node));
      }
    }
    Level level = root;
    for (String segment : segments.subList(0, segments.size() - 1)) {
      String other = level.nodes.get(segment);
      if (other != null) {
        throw bothNodeAndGraph(other, node);
      }
      level = level.levels.computeIfAbsent(segment, key -> new Level(node));
    }
    String last = segments.get(segments.size() - 1);
    if (level.levels.containsKey(last)) {
      throw bothNodeAndGraph(node, level.levels.get(last).first);
    }
    String same = level.nodes.putIfAbsent(last, node);
    if (same != null) {
      throw new NirException("Paths %s and %s are those of one node".formatted(same, node));
    }
  }

  private static NirException bothNodeAndGraph(String node, String inner) {
    return new NirException(
        "NIR data can hold node %s or the graph with node %s, not both; record one of them or rename it"
            .formatted(node, inner));
  }

  /** The time of a step from which a reader finds the step again. */
  double time(int step) {
    double time = step * dt;
    while (Math.floor(time / dt) < step) {
      time = Math.nextUp(time);
    }
    return time;
  }

  int samples() {
    return samples;
  }

  int steps() {
    return steps;
  }

  /** Nested data in the making: by name either the path of a node or more of them. */
  private static final class Level {
    private final String first;
    private final Map<String, String> nodes = new LinkedHashMap<>();
    private final Map<String, Level> levels = new LinkedHashMap<>();

    private Level(String first) {
      this.first = first;
    }
  }

  /**
   * Completes the file, once all has been given; a second call does nothing.
   *
   * @throws NirException if HDF5 cannot hold it
   * @throws UncheckedIOException if it cannot be written
   */
  public void finish() {
    if (finished) {
      return;
    }
    Map<String, Long> addresses = new LinkedHashMap<>();
    Map<String, Long> beside = new LinkedHashMap<>();
    try {
      observables.forEach((node, all) -> addresses.put(node, node(all)));
      ids.forEach((name, numbers) -> beside.put(name, out.numbers(numbers)));
      out.finish(graph(root, addresses, beside));
    } catch (Hdf5Exception e) {
      throw new NirException(e.getMessage(), e);
    }
    finished = true;
  }

  /** Closes the file, complete or not. */
  @Override
  public void close() {
    try {
      sink.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long graph(Level level, Map<String, Long> addresses, Map<String, Long> beside) {
    Map<String, Long> nodes = new LinkedHashMap<>();
    level.nodes.forEach((name, node) -> nodes.put(name, addresses.get(node)));
    level.levels.forEach((name, nested) -> nodes.put(name, graph(nested, addresses, Map.of())));
    Map<String, Long> members = new LinkedHashMap<>(beside);
    members.put("nodes", out.group(nodes));
    return out.group(members, Map.of(TYPE, "NIRGraphData"));
  }

  private long node(Map<String, NirObservable> all) {
    Map<String, Long> members = new LinkedHashMap<>();
    all.forEach((name, observable) -> members.put(name, observable.group(out)));
    return out.group(Map.of("observables", out.group(members)), Map.of(TYPE, "NIRNodeData"));
  }

  /** Events of one node, given sample by sample. */
  public static final class Events implements NirObservable {
    private final NirColumn indices;
    private final NirColumn times;
    private final NirDataWriter writer;
    private final int neurons;
    private final int most;
    private int sample;
    private int count;

    private Events(
        Hdf5Region indices, Hdf5Region times, NirDataWriter writer, int neurons, int most) {
      this.indices = new NirColumn(indices);
      this.times = new NirColumn(times);
      this.writer = writer;
      this.neurons = neurons;
      this.most = most;
    }

    /**
     * One event; those of a sample follow each other, and samples ascend.
     *
     * @param sample from 0 on
     */
    public void add(int sample, int step, int neuron) {
      NirObservable.require("sample", sample, this.sample, writer.samples());
      NirObservable.require("step", step, 0, writer.steps());
      NirObservable.require("neuron", neuron, 0, neurons);
      fillTo(sample);
      if (count == most) {
        throw new NirException(
            "Sample %d has more than the %d events that were announced".formatted(sample, most));
      }
      count++;
      indices.putLong(neuron);
      times.putDouble(writer.time(step));
    }

    private void fillTo(int next) {
      while (sample < next) {
        for (; count < most; count++) {
          indices.putLong(-1);
          times.putDouble(Double.POSITIVE_INFINITY);
        }
        sample++;
        count = 0;
      }
    }

    @Override
    public long group(Hdf5Writer out) {
      fillTo(writer.samples());
      Map<String, Object> attributes =
          Map.of(
              TYPE, "EventData", "n_neurons", (long) neurons, "t_max", writer.time(writer.steps()));
      return out.group(Map.of("idx", indices.finish(), "time", times.finish()), attributes);
    }
  }

  /** A variable of one node, given step by step. */
  public static final class Grid implements NirObservable {
    private final NirColumn values;
    private final NirDataWriter writer;
    private final int neurons;
    private long row;

    private Grid(Hdf5Region region, NirDataWriter writer, int neurons) {
      values = new NirColumn(region);
      this.writer = writer;
      this.neurons = neurons;
    }

    /**
     * The values of one step; samples ascend, and within each the steps.
     *
     * @param numbers one per neuron
     */
    public void put(int sample, int step, float[] numbers) {
      NirObservable.require("sample", sample, 0, writer.samples());
      NirObservable.require("step", step, 0, writer.steps());
      NirObservable.require("number of values", numbers.length, neurons, neurons + 1);
      long next = (long) sample * writer.steps() + step;
      if (next < row) {
        throw new NirException(
            "Step %d of sample %d comes after later ones; sort by sample and step"
                .formatted(step, sample));
      }
      fillTo(next);
      for (float number : numbers) {
        values.putFloat(number);
      }
      row++;
    }

    private void fillTo(long next) {
      for (; row < next; row++) {
        for (int i = 0; i < neurons; i++) {
          values.putFloat(Float.NaN);
        }
      }
    }

    @Override
    public long group(Hdf5Writer out) {
      fillTo((long) writer.samples() * writer.steps());
      return out.group(
          Map.of("data", values.finish()), Map.of(TYPE, "TimeGriddedData", "dt", writer.dt));
    }
  }
}
