package org.velella.spark.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Shape;

/** What stands for an input is the checksum of the whole file, however tasks have read it. */
class FingerprintIT {
  @TempDir Path folder;

  private static String expected(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return bytes.length + " bytes, crc32c " + String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  @Test
  void slicesOfTasksMakeTheWhole() throws IOException {
    byte[] bytes = new byte[1_000_003];
    new SplittableRandom(1).nextBytes(bytes);
    Path path = Files.write(folder.resolve("dense"), bytes);
    Configuration conf = new Configuration();
    HadoopConf hadoop = new HadoopConf(conf);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
    try (InputFile file = InputFile.open(path.toString(), conf)) {
      for (long slice : new long[] {1_000_004, 1_000_003, 1_000_002, 300_000, 99_991}) {
        assertThat(Fingerprint.of(spark, hadoop, file, slice))
            .as("slices of %d", slice)
            .isEqualTo(expected(bytes));
      }
      assertThat(Fingerprint.of(spark, hadoop, file)).isEqualTo(expected(bytes));
    }
  }

  /** More rows than a task reads at once, and both orders in which a table can lie in a file. */
  @Test
  void scansOfEventsMakeTheWhole() throws IOException {
    int rows = 1_100_000;
    for (String order : new String[] {"False", "True"}) {
      String dict =
          "{'descr': '<i4', 'fortran_order': %s, 'shape': (%d, 3), }".formatted(order, rows);
      byte[] header = (dict + " ".repeat(117 - dict.length()) + "\n").getBytes(US_ASCII);
      ByteBuffer file = ByteBuffer.allocate(128 + rows * 12).order(ByteOrder.LITTLE_ENDIAN);
      file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
      file.putShort((short) header.length).put(header);
      SplittableRandom random = new SplittableRandom(2);
      while (file.hasRemaining()) {
        file.putInt(random.nextInt(5));
      }
      Path path = Files.write(folder.resolve("events-" + order + ".npy"), file.array());
      InputSpec spec =
          new InputSpec(
              path.toString(), "auto", InputSpec.Layout.EVENTS, Map.of(), 0, Shape.of(5), 10);
      InputFacts facts = InputSources.open(TestSpark.session(), spec).facts();
      assertThat(facts.samples()).isEqualTo(5);
      assertThat(facts.fingerprint()).as(order).isEqualTo(expected(file.array()));
    }
  }
}
