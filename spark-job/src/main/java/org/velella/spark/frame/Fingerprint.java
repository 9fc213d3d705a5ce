package org.velella.spark.frame;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.spark.store.ContentChecksum;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;

/** What stands for the content of a file: every byte of it counts. */
final class Fingerprint {
  private static final long SLICE_BYTES = 64L << 20;

  /** So that a huge file makes no more tasks than a driver keeps well in mind. */
  private static final long MAX_SLICES = 10_000;

  private Fingerprint() {}

  /** Of a file: small ones are read here, large ones in slices by tasks. */
  static String of(JavaSparkContext spark, HadoopConf conf, InputFile file) throws IOException {
    long slice = Math.max(SLICE_BYTES, (file.length() + MAX_SLICES - 1) / MAX_SLICES);
    return of(spark, conf, file, slice);
  }

  static String of(JavaSparkContext spark, HadoopConf conf, InputFile file, long slice)
      throws IOException {
    ContentChecksum sum = new ContentChecksum();
    long length = file.length();
    if (length <= slice) {
      sum.add(file.crc32c(0, length), length);
      return sum.text();
    }
    long slices = (length + slice - 1) / slice;
    List<Long> firsts = new ArrayList<>();
    LongStream.range(0, slices).forEach(number -> firsts.add(number * slice));
    String uri = file.uri();
    List<Integer> crcs =
        spark
            .parallelize(firsts, Math.toIntExact(slices))
            .map(first -> crc32c(uri, conf, first, Math.min(slice, length - first)))
            .collect();
    for (int number = 0; number < crcs.size(); number++) {
      sum.add(crcs.get(number), Math.min(slice, length - firsts.get(number)));
    }
    return sum.text();
  }

  private static int crc32c(String uri, HadoopConf conf, long first, long count)
      throws IOException {
    try (InputFile file = InputFile.open(uri, conf.toConfiguration())) {
      return file.crc32c(first, count);
    }
  }
}
