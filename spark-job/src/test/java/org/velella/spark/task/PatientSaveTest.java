package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.StringWriter;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.Test;
import org.velella.spark.store.HadoopConf;

class PatientSaveTest {
  private final List<Long> waited = new ArrayList<>();
  private int attempts;

  private void run(IOException... thrown) throws IOException {
    Deque<IOException> left = new ArrayDeque<>(List.of(thrown));
    PatientSave.run(
        () -> {
          attempts++;
          if (!left.isEmpty()) {
            throw left.remove();
          }
        },
        waited::add);
  }

  @Test
  void savesOnceWhatIsTaken() throws IOException {
    run();
    assertThat(attempts).isEqualTo(1);
    assertThat(waited).isEmpty();
  }

  /** An executor knows them from the configuration that it is sent, not from the command. */
  @Test
  void whatIsLoggedHidesTheStoragesSecrets() throws IOException {
    Configuration conf = new Configuration(false);
    conf.set("fs.s3a.access.key", "patientSaveTestKey");
    new HadoopConf(conf).toConfiguration();
    StringWriter text = new StringWriter();
    Logger log = (Logger) LogManager.getLogger(PatientSave.class);
    Appender appender =
        WriterAppender.createAppender(
            PatternLayout.createDefaultLayout(), null, text, "text", false, true);
    appender.start();
    Level before = log.getLevel();
    log.addAppender(appender);
    log.setLevel(Level.WARN);
    try {
      run(new IOException("no key patientSaveTestKey at s3a://me:word@bucket/run"));
    } finally {
      log.setLevel(before);
      log.removeAppender(appender);
    }
    assertThat(text.toString())
        .contains("will try again", "no key", "@bucket/run")
        .doesNotContain("patientSaveTestKey")
        .doesNotContain("me:word");
  }

  @Test
  void savesAgainWhatIsRefused() throws IOException {
    run(new IOException("busy"), new InterruptedIOException("Read timed out"));
    assertThat(attempts).isEqualTo(3);
    assertThat(waited).containsExactly(200L, 1000L);
  }

  @Test
  void givesUpAndTellsAllReasons() {
    IOException last = new IOException("third");
    IOException second = new IOException("second");
    assertThatThrownBy(() -> run(new IOException("full"), second, last))
        .hasMessage("full")
        .hasSuppressedException(second)
        .hasSuppressedException(last);
    assertThat(attempts).isEqualTo(3);
  }

  @Test
  void savesNothingMoreOnceInterrupted() {
    assertThatThrownBy(() -> run(new ClosedByInterruptException()));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> run(new InterruptedIOException("killed")));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempts).isEqualTo(2);
    assertThat(waited).isEmpty();
  }

  @Test
  void interruptsItsPause() {
    IOException refused = new IOException("busy");
    SaveQueue.Save save =
        () -> {
          throw refused;
        };
    PatientSave.Pause killed =
        millis -> {
          throw new InterruptedException();
        };
    assertThatThrownBy(() -> PatientSave.run(save, killed)).isSameAs(refused);
    assertThat(Thread.interrupted()).isTrue();
  }
}
