package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class CommandTextTest {
  private static final String CHARACTERS = "ab/. '\"\\$`*?;&|<>()[]{}!#~%=-\t";

  @Test
  void plainPathsStayAsTheyAre() {
    assertThat(CommandText.quoted("runs/a-1_b.c")).isEqualTo("runs/a-1_b.c");
    assertThat(CommandText.quoted("s3a://bucket/run=1")).isEqualTo("s3a://bucket/run=1");
    assertThat(CommandText.quoted("a b")).isEqualTo("'a b'");
    assertThat(CommandText.quoted("")).isEqualTo("''");
    assertThat(CommandText.quoted("läufe/é")).isEqualTo("'läufe/é'");
  }

  /** Asked of the shell itself. */
  @Seeded
  void aShellReadsWhatWasMeant(SplittableRandom random) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder("x");
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    Process shell =
        new ProcessBuilder("sh", "-c", "printf %s " + CommandText.quoted(text.toString())).start();
    String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).isZero();
    assertThat(read).isEqualTo(text.toString());
  }
}
