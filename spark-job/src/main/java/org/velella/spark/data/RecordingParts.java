package org.velella.spark.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.dataset.DatasetException;
import org.velella.dataset.EventFile;
import org.velella.dataset.Segment;
import org.velella.dataset.SegmentIndex;
import org.velella.spark.store.HadoopConf;

/**
 * Cuts large recordings of several samples into parts. Tasks find in which blocks the events of
 * each sample are, a range of blocks each; see {@link SegmentIndex}.
 */
final class RecordingParts {
  private static final int MAX_TASKS = 1024;

  private RecordingParts() {}

  /** Blocks of a recording. No record, since Kryo cannot carry such. */
  private static final class Range implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int number;
    private final SourceFile source;
    private final long from;
    private final long to;

    Range(int number, SourceFile source, long from, long to) {
      this.number = number;
      this.source = source;
      this.from = from;
      this.to = to;
    }
  }

  /** What was found in a range; null if the file is damaged there. */
  private static final class Found implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int number;
    private final SegmentIndex segments;

    Found(int number, SegmentIndex segments) {
      this.number = number;
      this.segments = segments;
    }
  }

  /**
   * The parts of all files.
   *
   * @param counts samples of each
   * @param bytes of a range, and about those of a part; smaller files are a part each, and so are
   *     those that are damaged, whose reading then says so
   */
  static List<DataPart> of(
      JavaSparkContext spark,
      List<SourceFile> files,
      long[] counts,
      Configuration conf,
      long bytes) {
    HadoopConf hadoop = new HadoopConf(conf);
    List<Range> large = new ArrayList<>();
    for (int f = 0; f < counts.length; f++) {
      if (counts[f] > 1 && files.get(f).length() > bytes) {
        large.add(new Range(f, files.get(f), 0, Long.MAX_VALUE));
      }
    }
    Map<Integer, SegmentIndex> found =
        large.isEmpty() ? Map.of() : scan(spark, large, hadoop, bytes);
    List<DataPart> parts = new ArrayList<>();
    long id = 0;
    for (int f = 0; f < counts.length; f++) {
      SourceFile file = files.get(f);
      SegmentIndex segments = found.get(f);
      if (segments == null) {
        parts.add(new DataPart(file, 0, counts[f], id));
      } else {
        cut(parts, file, (int) counts[f], id, segments, bytes);
      }
      id += counts[f];
    }
    return parts;
  }

  private static void cut(
      List<DataPart> parts, SourceFile file, int count, long id, SegmentIndex all, long bytes) {
    int first = 0;
    long held = 0;
    for (int segment = 0; segment < count; segment++) {
      held += all.bytes(segment);
      if (held >= bytes || segment == count - 1) {
        int end = segment + 1;
        SegmentIndex own = all.part(first, end);
        parts.add(DataPart.ofRecording(file, first, end - first, id + first, own));
        first = end;
        held = 0;
      }
    }
  }

  /** By the number of each file that is not damaged. */
  private static Map<Integer, SegmentIndex> scan(
      JavaSparkContext spark, List<Range> large, HadoopConf hadoop, long bytes) {
    List<Range> ranges =
        spark
            .parallelize(large, Math.min(large.size(), MAX_TASKS))
            .flatMap(file -> cuts(file, hadoop, bytes).iterator())
            .collect();
    Map<Integer, List<SegmentIndex>> byFile = new TreeMap<>();
    List<Found> found =
        ranges.isEmpty()
            ? List.of()
            : spark
                .parallelize(ranges, Math.min(ranges.size(), MAX_TASKS))
                .map(range -> new Found(range.number, scan(range, hadoop)))
                .collect();
    for (Found each : found) {
      byFile.computeIfAbsent(each.number, number -> new ArrayList<>()).add(each.segments);
    }
    Map<Integer, SegmentIndex> joined = new HashMap<>();
    byFile.forEach(
        (number, parts) -> {
          if (!parts.contains(null)) {
            joined.put(number, SegmentIndex.join(parts));
          }
        });
    return joined;
  }

  private static List<Range> cuts(Range of, HadoopConf hadoop, long bytes) throws IOException {
    try (HadoopFile file = new HadoopFile(of.source.uri(), hadoop.toConfiguration())) {
      List<Long> cuts = DataReading.eventFile(DataFormat.AEDAT, file).cuts(bytes);
      List<Range> ranges = new ArrayList<>();
      for (int i = 0; i < cuts.size(); i++) {
        long to = i + 1 < cuts.size() ? cuts.get(i + 1) : Long.MAX_VALUE;
        ranges.add(new Range(of.number, of.source, cuts.get(i), to));
      }
      return ranges;
    } catch (DatasetException e) {
      return List.of();
    }
  }

  private static SegmentIndex scan(Range range, HadoopConf hadoop) throws IOException {
    Configuration conf = hadoop.toConfiguration();
    try (HadoopFile file = new HadoopFile(range.source.uri(), conf);
        HadoopFile labels = new HadoopFile(range.source.labels(), conf)) {
      EventFile recording = DataReading.eventFile(DataFormat.AEDAT, file);
      List<Segment> segments = DataReading.segments(range.source, labels);
      return SegmentIndex.scan(recording, segments, range.from, range.to);
    } catch (DatasetException e) {
      return null;
    }
  }
}
