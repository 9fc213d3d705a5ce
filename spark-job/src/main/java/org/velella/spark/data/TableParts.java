package org.velella.spark.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.dataset.CsvRange;
import org.velella.dataset.DatasetException;
import org.velella.spark.store.HadoopConf;

/**
 * Cuts tables of events into parts. Where their samples begin is found by tasks that look at a
 * range of bytes each; see {@link CsvRange}.
 */
final class TableParts {
  private static final int MAX_TASKS = 1024;

  private TableParts() {}

  /** Bytes of a file. No record, since Kryo cannot carry such. */
  private static final class Range implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String uri;
    private final long from;
    private final long to;

    Range(String uri, long from, long to) {
      this.uri = uri;
      this.from = from;
      this.to = to;
    }

    CsvRange scan(HadoopConf hadoop) throws IOException {
      try (HadoopFile file = new HadoopFile(uri, hadoop.toConfiguration())) {
        return CsvRange.scan(file, from, to);
      }
    }
  }

  /**
   * The parts of all files. Samples of one file keep their own numbers, those of several are
   * numbered anew.
   *
   * @param bytes of a range; a part has the samples that begin in one
   * @throws DatasetException if a line is wrong, or a file is not sorted by sample
   */
  static List<DataPart> of(
      JavaSparkContext spark, List<SourceFile> files, Configuration conf, long bytes)
      throws IOException {
    List<Range> ranges = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (SourceFile file : files) {
      for (long from = 0; from == 0 || from < file.length(); from += bytes) {
        long to = from + bytes < file.length() ? from + bytes : Long.MAX_VALUE;
        ranges.add(new Range(file.uri(), from, to));
      }
      ends.add(ranges.size());
    }
    HadoopConf hadoop = new HadoopConf(conf);
    List<CsvRange> found =
        spark
            .parallelize(ranges, Math.min(ranges.size(), MAX_TASKS))
            .map(range -> range.scan(hadoop))
            .collect();
    List<DataPart> parts = new ArrayList<>();
    long id = 0;
    int begin = 0;
    for (int f = 0; f < files.size(); f++) {
      SourceFile source = files.get(f);
      long first = 0;
      try (HadoopFile file = new HadoopFile(source.uri(), conf)) {
        for (CsvRange.Part part : CsvRange.parts(file, found.subList(begin, ends.get(f)))) {
          long firstId = files.size() == 1 ? -1 : id + first;
          parts.add(
              DataPart.ofTable(source, first, part.count(), firstId, part.offset(), part.line()));
          first += part.count();
        }
      }
      id += first;
      begin = ends.get(f);
    }
    return parts;
  }
}
