package org.velella.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class NpzTest {
  private static final Path TYPES = Path.of("src/test/resources/golden/recipes/types.npz");

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("layer.0.weight", Tensor.of(Shape.of(2, 2), new float[] {1, -0f, 3.5f, 4}));
    tensors.put("tau", Tensor.of(Shape.SCALAR, new double[] {0.1}));
    tensors.put("steps ü", Tensor.of(Shape.of(0), new long[0]));
    return tensors;
  }

  private static byte[] written(Map<String, Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npz.write(out, tensors);
    return out.toByteArray();
  }

  private static Map<String, Tensor> read(byte[] file, Set<String> wanted) throws IOException {
    return Npz.read(new ByteArrayInputStream(file), "a.npz", wanted);
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return out.toByteArray();
  }

  private static void assertRefused(byte[] file, String says) {
    assertThatExceptionOfType(NpzException.class)
        .isThrownBy(() -> Npz.headers(new ByteArrayInputStream(file), "a.npz"))
        .withMessageContaining("a.npz")
        .withMessageContaining(says);
  }

  @Test
  void whatIsWrittenIsReadAndEqualIsEqual() throws IOException {
    byte[] file = written(tensors());
    Map<String, Tensor> again = read(file, tensors().keySet());
    assertThat(again.keySet()).containsExactlyElementsOf(tensors().keySet());
    tensors().forEach((name, tensor) -> assertThat(again.get(name).bitEquals(tensor)).isTrue());
    assertThat(written(tensors())).isEqualTo(file);
  }

  @Test
  void onlyWhatIsWantedIsKept() throws IOException {
    byte[] file = Files.readAllBytes(TYPES);
    Map<String, Npy.Header> headers = Npz.headers(new ByteArrayInputStream(file), "types.npz");
    assertThat(headers.keySet()).startsWith("float64", "float32", "float16", "int64");
    assertThat(headers.get("float16").type()).isEqualTo(NpyType.FLOAT16);
    assertThat(headers.get("int8").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(read(file, Set.of("int8"))).containsOnlyKeys("int8");
    assertThatExceptionOfType(NpzException.class)
        .isThrownBy(() -> read(file, Set.of("int8", "int9")))
        .withMessageContaining("no array 'int9'");
  }

  @Test
  void wrongArchivesAreRefused() throws IOException {
    byte[] array = Npy.toBytes(Tensor.of(Shape.of(1), new float[1]));
    assertRefused(new byte[0], "no zip file");
    assertRefused("PK is how it begins".getBytes(StandardCharsets.US_ASCII), "no zip file");
    assertRefused(zip(Map.of("../../etc/passwd", array)), "entry '../../etc/passwd' is no .npy");
    assertRefused(zip(Map.of("archive/data.pkl", array)), "data.pkl");
    assertRefused(zip(Map.of("a.npy", Arrays.copyOf(array, array.length + 1))), "bytes follow");
    byte[] file = written(tensors());
    int magic = new String(file, StandardCharsets.ISO_8859_1).indexOf("\u0093NUMPY");
    file[magic + 128] ^= 1; // The first value, which a checksum covers.
    assertRefused(file, "CRC");
    assertThatExceptionOfType(NpyException.class)
        .isThrownBy(
            () ->
                Npz.headers(
                    new ByteArrayInputStream(
                        zip(Map.of("a.npy", Arrays.copyOf(array, array.length - 1)))),
                    "a.npz"))
        .withMessageContaining("array 'a'")
        .withMessageContaining("ends after 3 of 4 bytes");
  }

  /** 300 MB of zeros in 300 kB: looked at without being kept, and not at all past the array. */
  @Test
  void whatInflatesTakesNoMemory() throws IOException {
    byte[] zeros = new byte[1 << 20];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : new String[] {"small", "large"}) {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(Npy.toBytes(Tensor.of(Shape.of(2), new float[] {1, 2})));
        for (int i = 0; name.equals("large") && i < 300; i++) {
          zip.write(zeros);
        }
      }
    }
    assertThat(out.size()).isLessThan(1 << 20);
    assertRefused(out.toByteArray(), "bytes follow the array 'large'");
  }

  @Seeded
  void damagedFilesAreRefusedOrRead(SplittableRandom random) throws IOException {
    byte[] whole = Files.readAllBytes(TYPES);
    Set<String> all = Npz.headers(new ByteArrayInputStream(whole), "types.npz").keySet();
    for (int i = 0; i < 300; i++) {
      byte[] file = Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
      for (int flips = random.nextInt(3); flips > 0; flips--) {
        file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        read(file, all);
      } catch (NpzException | NpyException e) {
        assertThat(e.getMessage()).contains("a.npz");
      }
    }
  }
}
