package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts of IDX files; {@link SampleFilesTest} reads whole ones. */
class IdxSamplesTest {
  /** 256 images of 300 by 300 pixels, image i of i, of which no more is read than the buffer. */
  @Test
  void anImageOfAPlainFileIsReadWithoutThoseBeforeIt() throws IOException {
    int pixels = 300 * 300;
    ByteBuffer bytes = ByteBuffer.allocate(16 + 256 * pixels);
    bytes.putInt(0x803).putInt(256).putInt(300).putInt(300);
    for (int i = 0; i < 256; i++) {
      Arrays.fill(bytes.array(), 16 + i * pixels, 16 + (i + 1) * pixels, (byte) i);
    }
    MeasuredFile file = new MeasuredFile(DataFile.of("plain-idx3-ubyte", bytes.array()));
    IdxSamples reader = new IdxSamples(file);

    List<Sample> two = GoldenFiles.some(reader, 200, 2);

    assertThat(two).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(two.get(i).number()).isEqualTo(200 + i);
      assertThat(GoldenFiles.values(two.get(i))).hasSize(pixels).containsOnly((200 + i) / 255f);
    }
    assertThat(file.read()).isBetween(2L * pixels, 2L * pixels + 3 * (1 << 16));
    byte[] cut = Arrays.copyOf(bytes.array(), 16 + 199 * pixels);
    assertThatThrownBy(() -> new IdxSamples(DataFile.of("cut", cut)).read(200, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessage("cut: it ends before its last element; it is cut short");
  }
}
