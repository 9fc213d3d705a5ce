package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.velella.provenance.Secrets;
import org.velella.spark.job.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class OutputOptionsTest {
  private final StringWriter err = new StringWriter();

  @AfterEach
  void logAsBefore() {
    ((LoggerContext) LogManager.getContext(false)).reconfigure();
  }

  /** The command gc, told some options. */
  private CommandLine line(String... more) {
    List<String> args = new ArrayList<>(List.of("gc", "nowhere"));
    args.addAll(List.of(more));
    CommandLine root = Velella.commandLine();
    root.setErr(new PrintWriter(err));
    root.parseArgs(args.toArray(String[]::new));
    return root.getSubcommands().get("gc");
  }

  private Reporter reporter(CommandLine command) {
    return OutputOptions.of(command.getCommandSpec()).reporter(command.getCommandSpec());
  }

  private JsonNode json() throws Exception {
    assertThat(err.toString().strip()).doesNotContain("\n");
    return new ObjectMapper().readTree(err.toString());
  }

  @Test
  void quietSaysOnlyWhatWentWrong() {
    CommandLine command = line("-q");
    reporter(command).message("on the way");
    assertThat(err.toString()).isEmpty();
    OutputOptions.of(command.getCommandSpec()).error(command, "broken", null);
    assertThat(err.toString()).isEqualToIgnoringNewLines("velella: broken");
    OutputOptions.of(command.getCommandSpec()).apply();
    assertThat(LogManager.getLogger("org.velella.x").getLevel()).isEqualTo(Level.ERROR);
    assertThat(LogManager.getLogger("org.apache.x").getLevel()).isEqualTo(Level.ERROR);
  }

  @Test
  void verboseLogsAndTracesErrors() {
    OutputOptions.of(line("--verbose").getCommandSpec()).apply();
    assertThat(LogManager.getLogger("org.velella.x").getLevel()).isEqualTo(Level.DEBUG);
    CommandLineRun plain = CommandLineRun.of("gc", "nowhere");
    assertThat(plain.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(plain.err()).startsWith("velella: ").doesNotContain("\tat ");
    assertThat(CommandLineRun.of("gc", "nowhere", "-v").err()).contains("\tat org.velella");
    assertThat(CommandLineRun.of("gc", "nowhere", "-v", "-q").err()).contains("one of the two");
  }

  @Test
  void messagesAreJsonIfWanted() throws Exception {
    reporter(line("--log-format=json")).message("a \"quoted\"\nline");
    assertThat(json().path("message").asText()).isEqualTo("a \"quoted\"\nline");
    assertThat(json().path("level").asText()).isEqualTo("INFO");
    assertThat(json().path("time").asText()).matches("....-..-..T..:..:..(\\....)?Z");
    err.getBuffer().setLength(0);
    CommandLineRun failed = CommandLineRun.of("gc", "nowhere", "--log-format", "JSON");
    JsonNode error = new ObjectMapper().readTree(failed.err());
    assertThat(error.path("level").asText()).isEqualTo("ERROR");
    assertThat(error.path("message").asText()).contains("nowhere");
    assertThat(error.has("error")).isFalse();
    CommandLineRun traced = CommandLineRun.of("gc", "nowhere", "--log-format=json", "-v");
    assertThat(new ObjectMapper().readTree(traced.err()).path("error").asText())
        .contains("\tat org.velella");
  }

  /** Quoted, it would be another text than the one that is to be hidden. */
  @Test
  void secretsAreHiddenInJsonToo() throws Exception {
    Secrets.remember("password", "open\"sesame\"now");
    CommandLine command = line("--log-format=json");
    Exception trace = new IllegalStateException("it is open\"sesame\"now");
    OutputOptions.of(command.getCommandSpec()).error(command, trace.getMessage(), trace);
    assertThat(json().path("message").asText()).startsWith("it is ").doesNotContain("sesame");
    assertThat(json().path("error").asText()).contains("\tat ").doesNotContain("sesame");
  }

  @Test
  void logLinesAreJsonIfWanted() throws Exception {
    String line =
        Logs.layout()
            .toSerializable(
                Log4jLogEvent.newBuilder()
                    .setLevel(Level.WARN)
                    .setLoggerName("org.velella.x")
                    .setThreadName("main \"1\"")
                    .setTimeMillis(1234)
                    .setMessage(new SimpleMessage("a \"b\"\n\\c\u0001"))
                    .setThrown(new IllegalStateException("why \"not\""))
                    .build());
    assertThat(line.strip()).doesNotContain("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.path("time").asText()).isEqualTo("1970-01-01T00:00:01.234Z");
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("logger").asText()).isEqualTo("org.velella.x");
    assertThat(json.path("thread").asText()).isEqualTo("main \"1\"");
    assertThat(json.path("message").asText()).isEqualTo("a \"b\"\n\\c\u0001");
    assertThat(json.path("error").asText()).contains("IllegalStateException: why \"not\"", "\tat ");

    OutputOptions.of(line("--log-format=json").getCommandSpec()).apply();
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    assertThat(context.getConfiguration().getRootLogger().getAppenders().values())
        .filteredOn(ConsoleAppender.class::isInstance)
        .isNotEmpty()
        .allMatch(console -> console.getLayout().toString().startsWith("{\"time\""));
  }

  /** Tests have no terminal, so what is automatic is plain. */
  @Test
  void onlyTerminalsGetColours() {
    CommandLine command = line();
    assertThat(command.getColorScheme().ansi()).isEqualTo(Ansi.AUTO);
    OutputOptions.of(command.getCommandSpec()).error(command, "broken", null);
    assertThat(err.toString()).startsWith("velella: broken");
    err.getBuffer().setLength(0);
    command.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.ON));
    OutputOptions.of(command.getCommandSpec()).error(command, "broken", null);
    assertThat(err.toString()).startsWith("\u001b[1;31mvelella:\u001b[0m broken");
    assertThat(Terminal.isTerminal(Path.of("/proc/self/fd/none"))).isTrue();
    assertThat(Terminal.coloursErrors(Ansi.OFF)).isFalse();
  }
}
