package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.provenance.Checksums;
import org.velella.testkit.Seeded;

class ChecksumsTest {
  /** The check value of the algorithm, and RFC 3720, B.4. */
  @Test
  void isTheCastagnoliChecksum() {
    assertThat(Checksums.crc32c("123456789".getBytes(US_ASCII), 0, 9)).isEqualTo("e3069283");
    assertThat(Checksums.crc32c(new byte[32], 0, 32)).isEqualTo("8a9136aa");
  }

  @Seeded(times = 5)
  void blocksDoNotDependOnHowTheyAreWrittenOrRead(SplittableRandom random) throws IOException {
    byte[] data = new byte[BlockChecksums.BLOCK_BYTES + random.nextInt(1000)];
    random.nextBytes(data);
    BlockChecksums.Computing computing = new BlockChecksums.Computing();
    for (int at = 0; at < data.length; ) {
      int count = Math.min(data.length - at, 1 + random.nextInt(500_000));
      computing.write(data, at, count);
      at += count;
    }
    String digits = computing.finish();

    assertThat(computing.length()).isEqualTo(data.length);
    int block = BlockChecksums.BLOCK_BYTES;
    assertThat(digits)
        .startsWith(Checksums.crc32c(data, 0, block))
        .endsWith(data.length == block ? "" : Checksums.crc32c(data, block, data.length))
        .hasSize((int) BlockChecksums.digits(data.length));
    InputStream in =
        new BlockChecksums.Verifying(new ByteArrayInputStream(data), data.length, digits, "file");
    assertThat(in.read()).isEqualTo(data[0] & 0xff);
    assertThat(in.readNBytes(random.nextInt(data.length))).isNotNull();
    in.readAllBytes();
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void dataThatEndsEarlyIsNoticed() {
    byte[] data = new byte[10];
    InputStream in =
        new BlockChecksums.Verifying(new ByteArrayInputStream(data), 11, "00000000", "file");

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(in::readAllBytes)
        .withMessage("file is cut short: it ends 1 bytes early");
  }
}
