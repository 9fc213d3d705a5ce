package org.velella.gpu.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.gpu.testkit.OnFakeDevice;

/** That the benchmarks run and check themselves, and what the table makes of their lines. */
@OnFakeDevice
class GpuBenchTest {
  private static final String PEER =
      "{\"benchmark\":\"lif\",\"who\":\"a peer\",\"seconds\":0.006,\"spikes\":%d,\"bytes\":1000}";

  private static List<String> lines(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(GpuBench.run(new PrintStream(bytes, true, UTF_8), List.of(arguments))).isTrue();
    return bytes.toString(UTF_8).lines().toList();
  }

  private static boolean report(StringBuilder into, List<String> lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean agree = Report.print(new PrintStream(bytes, true, UTF_8), lines);
    into.append(bytes.toString(UTF_8));
    return agree;
  }

  @Test
  void benchmarksCheckThemselves() throws IOException {
    List<String> found = lines("--small", "--quick", "--only", "device,lif,linear,spike-linear");
    assertThat(found).hasSize(6);
    assertThat(found.subList(2, 6)).allMatch(line -> line.contains("\"checked\":true"));
    StringBuilder table = new StringBuilder();
    assertThat(report(table, found)).isTrue();
    assertThat(table)
        .contains("Fake device 0", "of copying the same bytes", "% of the peak", "5 % spikes");
  }

  /** As many spikes as the equations give for these inputs, which peers.py counts as well. */
  @Test
  void peersAreComparedByTheirSpikes() throws IOException {
    List<String> found = new ArrayList<>(lines("--small", "--quick", "--only", "lif"));
    long spikes = spikes();
    assertThat(found).hasSize(2).allMatch(line -> line.contains("\"spikes\":" + spikes + ","));
    found.add(PEER.formatted(spikes));
    StringBuilder table = new StringBuilder();
    assertThat(report(table, found)).isTrue();
    assertThat(table).contains("x our time").doesNotContain("DISAGREES");
    found.add(PEER.formatted(spikes + 1));
    assertThat(report(table, found)).isFalse();
    assertThat(table).contains("DISAGREES: " + (spikes + 1) + " spikes, we " + spikes);
  }

  private static long spikes() {
    int neurons = 1000;
    long count = 0;
    for (int neuron = 0; neuron < neurons; neuron++) {
      float v = 0;
      for (int t = 0; t < 128; t++) {
        long hash = (long) (t * neurons + neuron) * 2654435761L & 0xFFFFFFFFL;
        float x = (float) (2.0 * (hash >> 8) / (1 << 24));
        v += (x - v) / 2;
        if (v >= 1) {
          count++;
          v = 0;
        }
      }
    }
    return count;
  }
}
