package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.ManifestTooLargeException;
import org.velella.spark.job.ExitCode;

class FailuresTest {
  /** The checkpoint is sound, so it is no unusable one. */
  @Test
  void aManifestThatIsTooLargeIsAFailureOfTheRun() {
    assertThat(Failures.exitCode(new ManifestTooLargeException("too large")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(Failures.exitCode(new CommitFailedException("taken")))
        .isEqualTo(ExitCode.OTHER_WRITER);
    assertThat(Failures.exitCode(new CheckpointCorruptException("damaged", null)))
        .isEqualTo(ExitCode.CHECKPOINT_UNUSABLE);
  }
}
