package org.velella.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.job.UsageException;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;
import picocli.CommandLine;

/** A job file is read, or refused as wrong usage, whatever is in it. */
class JobFileFuzzTest {
  private static final List<String> FILES =
      List.of(
          """
          network: nets/lif.nir
          input: data/events.parquet
          steps: 1000
          record: [spikes, "v:lif"]
          input-option: {mergeSchema: true, sep: ';'}
          conf: {spark.ui.enabled: "false"}
          seed: 7
          """,
          """
          # anchors, folds and types
          network: &n 'a b.nir'
          output: *n
          checkpoint-every: !!int 200
          record: >
            spikes,
            v:lif
          """);

  @TempDir Path folder;

  @Seeded
  void jobFiles(SplittableRandom random) {
    Path file = folder.resolve("job.yaml");
    CommandLine line = Velella.commandLine();
    int read =
        Fuzz.run(
            random,
            FILES.stream().map(text -> text.getBytes(UTF_8)).toList(),
            bytes -> {
              Files.write(file, bytes);
              Arguments.complete(
                  line, new String[] {"simulate", "--config", file.toString()}, Map.of());
            },
            List.of(UsageException.class));
    assertThat(read).isPositive();
  }
}
