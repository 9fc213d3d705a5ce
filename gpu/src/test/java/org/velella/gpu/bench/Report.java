package org.velella.gpu.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts the lines of JSON of a check on a device into one table. */
public final class Report {
  private static final String OURS = "velella";

  private final List<JsonNode> lines = new ArrayList<>();
  private final PrintStream out;
  private boolean disagree;

  private Report(PrintStream out, List<String> text) throws IOException {
    this.out = out;
    ObjectMapper mapper = new ObjectMapper();
    for (String line : text) {
      if (line.startsWith("{")) {
        lines.add(mapper.readTree(line));
      }
    }
  }

  /**
   * Exits with 1 if peers and we disagree on an answer.
   *
   * @param arguments the file
   */
  public static void main(String[] arguments) throws IOException {
    System.exit(print(System.out, Files.readAllLines(Path.of(arguments[0]))) ? 0 : 1);
  }

  /** Whether all agree. */
  static boolean print(PrintStream out, List<String> text) throws IOException {
    Report report = new Report(out, text);
    report.print();
    return !report.disagree;
  }

  private List<JsonNode> of(String benchmark) {
    return lines.stream()
        .filter(line -> line.path("benchmark").asText().equals(benchmark))
        .toList();
  }

  private JsonNode ours(String benchmark) {
    return of(benchmark).stream()
        .filter(line -> line.path("who").asText().startsWith(OURS))
        .reduce((first, second) -> second)
        .orElse(null);
  }

  private void row(String what, String who, String time, String rate, String ratio) {
    out.printf(
        Locale.ROOT, "| %-34s | %-20s | %12s | %14s | %-34s |%n", what, who, time, rate, ratio);
  }

  private static String text(String format, double... values) {
    Object[] boxed = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }
    return String.format(Locale.ROOT, format, boxed);
  }

  private void print() {
    for (JsonNode line : lines) {
      if (line.has("machine")) {
        out.printf(
            Locale.ROOT,
            "%s; commit %s; %s%n",
            line.path("machine").asText(),
            line.path("commit").asText(),
            line.path("date").asText());
      } else if (line.has("suite")) {
        out.printf(
            Locale.ROOT,
            "device tests: %d passed, %d failed, %s s%n",
            line.path("passed").asInt(),
            line.path("failed").asInt(),
            text("%.0f", line.path("seconds").asDouble()));
      } else if (line.path("benchmark").asText().equals("device")) {
        out.printf(
            Locale.ROOT,
            "%s; %d multiprocessors, %s GHz, peak of float32 FMA %s TFLOP/s%n",
            line.path("who").asText(),
            line.path("multiprocessors").asInt(),
            text("%.3f", line.path("clock_hz").asDouble() * 1e-9),
            text("%.1f", line.path("peak_flops").asDouble() * 1e-12));
      } else if (line.path("benchmark").asText().equals("versions")) {
        out.println("peers: " + line);
      }
    }
    row("work", "who", "ms", "rate", "which is");
    row("---", "---", "---:", "---:", "---");
    double copy = 0;
    for (JsonNode line : of("copy")) {
      double rate = line.path("bytes").asDouble() / line.path("seconds").asDouble();
      copy = Math.max(copy, rate);
      row("copy within the device", who(line), milliseconds(line), rate(rate), "");
    }
    lif(copy);
    products("linear", "linear 16384 x 4096 x 4096");
    products("spike-linear", "the same, 5 % spikes");
    network("mlp", "MLP 784-1024-1024-10, T = 16");
    network("cnn", "CNN 32 channels 28 x 28, T = 8");
  }

  private static String who(JsonNode line) {
    return line.path("who").asText();
  }

  private static String milliseconds(JsonNode line) {
    return text("%.3f", line.path("seconds").asDouble() * 1e3);
  }

  private static String rate(double bytesPerSecond) {
    return text("%.0f GB/s", bytesPerSecond * 1e-9);
  }

  /** The peers' kernels are handed arrays on the device, so ours beside them is too. */
  private void lif(double copy) {
    JsonNode ours = ours("lif-resident");
    for (JsonNode line : of("lif-resident")) {
      double moved = line.path("bytes").asDouble() / line.path("seconds").asDouble();
      row(
          "LIF, T = 128, N = 2^20",
          "velella cuda, one launch",
          milliseconds(line),
          rate(moved),
          text("%.0f %% of copying the same bytes", 100 * moved / copy));
    }
    for (JsonNode line : of("lif")) {
      double seconds = line.path("seconds").asDouble();
      double moved = line.path("bytes").asDouble() / seconds;
      String ratio = "";
      if (line == ours("lif") && copy > 0) {
        ratio = text("%.0f %% of copying the same bytes", 100 * moved / copy);
      } else if (ours != null) {
        ratio = text("%.2f x our time", seconds / ours.path("seconds").asDouble());
        if (line.path("spikes").asLong() != ours.path("spikes").asLong()) {
          disagree = true;
          ratio = "DISAGREES: " + line.path("spikes") + " spikes, we " + ours.path("spikes");
        }
      }
      row(
          "LIF, T = 128, N = 2^20",
          who(line),
          milliseconds(line),
          moved > 0 ? rate(moved) : "",
          ratio);
    }
  }

  private void products(String benchmark, String what) {
    JsonNode ours = ours(benchmark);
    double peak = of("device").stream().mapToDouble(d -> d.path("peak_flops").asDouble()).sum();
    for (JsonNode line : of(benchmark)) {
      double seconds = line.path("seconds").asDouble();
      double flops = line.path("flops").asDouble() / seconds;
      String ratio = "";
      if (ours != null && line != ours) {
        ratio = text("%.2f x our time", seconds / ours.path("seconds").asDouble());
      } else if (peak > 0 && benchmark.equals("linear")) {
        ratio = text("%.0f %% of the peak", 100 * flops / peak);
      }
      row(what, who(line), milliseconds(line), text("%.1f TFLOP/s", flops * 1e-12), ratio);
    }
  }

  private void network(String benchmark, String what) {
    JsonNode line = ours(benchmark);
    if (line == null) {
      return;
    }
    double perSample = line.path("wall_seconds").asDouble() / line.path("samples").asDouble();
    double core = line.path("core_seconds_per_sample").asDouble();
    row(
        what,
        who(line),
        text("%.3f", line.path("wall_seconds").asDouble() * 1e3),
        text("%.0f /s", 1 / perSample),
        text("%.1f x one processor core", core / perSample));
    double kernels = line.path("seconds").asDouble();
    if (kernels > 0) {
      row(
          what + ", device",
          who(line),
          text("%.3f", kernels * 1e3),
          "",
          text("%.1f x one processor core", core * line.path("samples").asDouble() / kernels));
    }
  }
}
