package org.velella.spark.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.Seeded;

class ContentChecksumTest {
  @TempDir Path folder;

  private static String expected(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return bytes.length + " bytes, crc32c " + String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  /** The check value that catalogues of checksums give for this one. */
  @Test
  void knownValue() {
    ContentChecksum sum = new ContentChecksum();
    for (String piece : new String[] {"", "1234", "5", "", "6789"}) {
      sum.add(ContentChecksum.of(piece.getBytes(US_ASCII)), piece.length());
    }
    assertThat(sum.text()).isEqualTo("9 bytes, crc32c e3069283");
    assertThat(new ContentChecksum().text()).isEqualTo("0 bytes, crc32c 00000000");
  }

  @Seeded(times = 20)
  void doesNotDependOnTheCuts(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(100_000)];
    random.nextBytes(bytes);
    ContentChecksum sum = new ContentChecksum();
    for (int at = 0; at < bytes.length; ) {
      int end = at + random.nextInt(Math.min(20_000, bytes.length - at) + 1);
      sum.add(ContentChecksum.of(Arrays.copyOfRange(bytes, at, end)), end - at);
      at = end;
    }
    assertThat(sum.length()).isEqualTo(bytes.length);
    assertThat(sum.text()).isEqualTo(expected(bytes));
  }

  /** Longer than a block of reading, and from the middle of one. */
  @Test
  void filesAreReadWhole() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new SplittableRandom(3).nextBytes(bytes);
    Path path = Files.write(folder.resolve("f"), bytes);
    try (InputFile file = InputFile.open(path.toString(), new Configuration())) {
      int from = 123_457;
      assertThat(file.crc32c(from, bytes.length - from))
          .isEqualTo(ContentChecksum.of(Arrays.copyOfRange(bytes, from, bytes.length)));
      assertThat(file.crc32c(from, 0)).isZero();
    }
  }
}
