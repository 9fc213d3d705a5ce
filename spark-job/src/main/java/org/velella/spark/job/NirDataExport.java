package org.velella.spark.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.velella.network.Network;
import org.velella.network.nir.NirDataWriter;
import org.velella.network.nir.NirException;
import org.velella.simulate.Probes;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A run's recorded spikes and variables as a file of NIR data: {@code spikes} of a node as events,
 * variables as one number per neuron and step. Samples are those of the results, by trial and
 * sample; {@code trial_id} and {@code sample_id} beside the nodes say which. The driver takes rows
 * one partition at a time and writes them on.
 */
public final class NirDataExport {
  private static final String SPIKES = "spikes";
  private static final String NODE = "node";
  private static final String TRIAL = "trial_id";
  private static final String SAMPLE = "sample_id";
  private static final String STEP = "step";

  private final RunTables tables;
  private final Network network;
  private final Map<Long, Map<Long, Integer>> places = new HashMap<>();
  private final List<long[]> ids = new ArrayList<>();
  private int steps;

  private NirDataExport(RunTables tables) {
    this.tables = tables;
    network = tables.network();
  }

  /**
   * What was written.
   *
   * @param samples in the file
   * @param observables such as {@code lif.spikes}
   */
  public record Written(int samples, List<String> observables) {}

  /** The events or numbers of one node. */
  private record Part(String node, String variable, int neurons, int most) {}

  /**
   * Writes what a run has recorded to a file of any Hadoop file system, by way of a local one.
   *
   * @throws UsageException if the run has no results or recorded nothing, the file may not be
   *     written, NIR data cannot hold the names, or there is no room for it; nothing is written
   *     then
   */
  public static Written write(RunTables tables, String uri, Existing existing, Configuration conf) {
    ConvertedFile.require(uri, existing, conf);
    NirDataExport export = new NirDataExport(tables);
    export.findSamples();
    List<Part> parts = export.parts();
    try {
      Path part = Files.createTempDirectory("velella-nir-data").resolve("data.nir");
      try {
        export.requireRoom(parts, part);
        export.write(parts, part);
        ConvertedFile.write(uri, conf, out -> Files.copy(part, out));
      } finally {
        Files.deleteIfExists(part);
        Files.deleteIfExists(part.getParent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the recorded data", e);
    }
    return new Written(
        export.ids.size(),
        parts.stream().map(part -> part.node() + "." + part.variable()).toList());
  }

  private void findSamples() {
    Iterator<Row> rows =
        tables.results().select(TRIAL, SAMPLE, "steps").sort(TRIAL, SAMPLE).toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      places
          .computeIfAbsent(row.getLong(0), key -> new HashMap<>())
          .put(row.getLong(1), ids.size());
      ids.add(new long[] {row.getLong(0), row.getLong(1)});
      steps = Math.max(steps, whole("steps", row.getLong(2)));
    }
    if (ids.isEmpty()) {
      throw new UsageException("The run has no results yet; finish it with velella resume");
    }
  }

  /** The place of a row's sample, or null if it has no results. */
  private Integer place(Row row) {
    Map<Long, Integer> trial = places.get(row.getLong(0));
    return trial == null ? null : trial.get(row.getLong(1));
  }

  /** What the run was told to record, whether or not there was any of it. */
  private List<Part> parts() {
    Probes probes = tables.probes();
    Map<String, Long> most = mostSpikes();
    List<Part> parts = new ArrayList<>();
    for (String node : probes.rasters()) {
      long events = most.getOrDefault(node, 0L);
      // A row that is filled up says the same as one without columns, and more readers take it.
      parts.add(part(node, SPIKES, whole("spikes of " + node, Math.max(1, events))));
    }
    probes
        .traces()
        .forEach(
            (node, variables) -> variables.forEach(variable -> parts.add(part(node, variable, 0))));
    if (parts.isEmpty()) {
      throw new UsageException("The run has recorded nothing; run it with --record spikes,v:NODE");
    }
    return parts;
  }

  /** Of each node that has fired, the spikes of the sample that has most. */
  private Map<String, Long> mostSpikes() {
    Dataset<Row> counts =
        tables
            .spikes()
            .groupBy(NODE, TRIAL, SAMPLE)
            .count()
            .groupBy(NODE)
            .agg(functions.max("count"));
    Map<String, Long> most = new HashMap<>();
    for (Row row : counts.collectAsList()) {
      most.put(row.getString(0), row.getLong(1));
    }
    return most;
  }

  /** A number that indices of the file must reach. */
  private static int whole(String what, long value) {
    if (value > Integer.MAX_VALUE) {
      throw new UsageException(
          "A sample has %d %s; a file of NIR data holds at most %d, take them from the run's tables with velella sql"
              .formatted(value, what, Integer.MAX_VALUE));
    }
    return (int) value;
  }

  private Part part(String node, String variable, int most) {
    return new Part(node, variable, network.outputShape(network.node(node).name()).size(), most);
  }

  private void requireRoom(List<Part> parts, Path file) throws IOException {
    long bytes = 0;
    for (Part part : parts) {
      long more =
          part.variable().equals(SPIKES)
              ? NirDataWriter.eventBytes(ids.size(), part.most())
              : NirDataWriter.gridBytes(ids.size(), steps, part.neurons());
      bytes = Math.addExact(bytes, more);
    }
    long room = Files.getFileStore(file.getParent()).getUsableSpace();
    if (bytes > room) {
      throw new UsageException(
          "The file would have %d bytes, since every sample takes as much as the largest; %s has room for %d"
              .formatted(bytes, file.getParent().getParent(), room));
    }
  }

  private void write(List<Part> parts, Path file) {
    try (NirDataWriter data = NirDataWriter.create(file, tables.dt(), ids.size(), steps)) {
      for (int i = 0; i < 2; i++) {
        int column = i;
        long[] numbers = ids.stream().mapToLong(each -> each[column]).toArray();
        data.ids(i == 0 ? TRIAL : SAMPLE, Tensor.of(Shape.of(numbers.length), numbers));
      }
      places(parts, data).forEach(Runnable::run);
      data.finish();
    }
  }

  /** Gives all parts their places, before a row is read; then what fills them. */
  private List<Runnable> places(List<Part> parts, NirDataWriter data) {
    List<Runnable> fill = new ArrayList<>();
    try {
      for (Part part : parts) {
        if (part.variable().equals(SPIKES)) {
          NirDataWriter.Events events =
              data.events(path(part), SPIKES, part.neurons(), part.most());
          fill.add(() -> spikes(part, events));
        } else {
          NirDataWriter.Grid grid = data.grid(path(part), part.variable(), part.neurons());
          fill.add(() -> trace(part, grid));
        }
      }
      return fill;
    } catch (NirException e) {
      throw new UsageException("Cannot write the recorded data: " + e.getMessage(), e);
    }
  }

  private String path(Part part) {
    return network.node(part.node()).path();
  }

  private void spikes(Part part, NirDataWriter.Events events) {
    Iterator<Row> rows =
        tables
            .spikes()
            .where(functions.col(NODE).equalTo(part.node()))
            .select(TRIAL, SAMPLE, STEP, "neuron")
            .sort(TRIAL, SAMPLE, STEP, "neuron")
            .toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      Integer place = place(row);
      if (place != null && row.getInt(2) < steps) {
        events.add(place, row.getInt(2), row.getInt(3));
      }
    }
  }

  private void trace(Part part, NirDataWriter.Grid grid) {
    Column wanted =
        functions
            .col(NODE)
            .equalTo(part.node())
            .and(functions.col("variable").equalTo(part.variable()));
    Iterator<Row> rows =
        tables
            .traces()
            .where(wanted)
            .select(TRIAL, SAMPLE, STEP, "values")
            .sort(TRIAL, SAMPLE, STEP)
            .toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      Integer place = place(row);
      if (place != null && row.getInt(2) < steps) {
        List<Float> values = row.getList(3);
        float[] numbers = new float[values.size()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = values.get(i);
        }
        grid.put(place, row.getInt(2), numbers);
      }
    }
  }
}
