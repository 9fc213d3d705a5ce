package org.velella.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bin/discover-gpus} tells Spark, with an nvidia-smi of the test's. */
class DiscoverGpusTest {
  private static final Path SCRIPT = Path.of("bin", "discover-gpus").toAbsolutePath();

  @TempDir Path folder;

  private String discover(String nvidiaSmi, String visible)
      throws IOException, InterruptedException {
    if (nvidiaSmi != null) {
      Path program = folder.resolve("nvidia-smi");
      Files.writeString(program, "#!/bin/sh\n" + nvidiaSmi + "\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString()).redirectErrorStream(true);
    builder.environment().put("PATH", folder + ":/usr/bin:/bin");
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    if (visible != null) {
      builder.environment().put("CUDA_VISIBLE_DEVICES", visible);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static String addresses(String list) {
    return "{\"name\": \"gpu\", \"addresses\": [" + list + "]}\n";
  }

  private static final String THREE = "printf '0, GPU-aaa-1\\n1, GPU-bbb-2\\n2, GPU-ccc-3\\n'";

  @Test
  void tellsAllGpus() throws IOException, InterruptedException {
    assertThat(discover(THREE, null)).isEqualTo(addresses("\"0\", \"1\", \"2\""));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'', ''",
        "2, '\"2\"'",
        "'1,0', '\"1\", \"0\"'",
        "' 2 , 1', '\"2\", \"1\"'",
        "GPU-bbb, '\"GPU-bbb\"'",
        "'0,9,1', '\"0\"'",
        "MIG-ddd, '\"MIG-ddd\"'"
      })
  void tellsOnlyVisibleOnes(String visible, String expected)
      throws IOException, InterruptedException {
    assertThat(discover(THREE, visible)).isEqualTo(addresses(expected));
  }

  @Test
  void withoutGpusThereAreNoAddresses() throws IOException, InterruptedException {
    assertThat(discover("echo No devices were found; exit 6", null)).isEqualTo(addresses(""));
    assertThat(discover("echo broken", null)).isEqualTo(addresses(""));
  }
}
