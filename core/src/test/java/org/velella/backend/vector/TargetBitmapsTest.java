package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.velella.synapse.Connectivity;
import org.velella.testkit.Seeded;

class TargetBitmapsTest {
  private static final int SOURCES = 300;
  private static final int TARGETS = 1000;

  /** Calls, more than the JIT needs for its last compilation of the loops. */
  private static final int CALLS = 20_000;

  private static final float[] WEIGHTS = {1, -0.3f, -Float.MIN_VALUE, 0, -0.0f, 3e38f};

  /** A compiler that takes a shift for another gives wrong counts from some call on. */
  @Seeded
  void countsStayRightWhenTheirCodeIsCompiled(SplittableRandom random) {
    Connectivity synapses = synapses(random);
    TargetBitmaps bitmaps = new TargetBitmaps(synapses);
    int[] active = new int[SOURCES];
    float[] found = new float[TARGETS];
    float[] expected = new float[TARGETS];
    for (int call = 0; call < CALLS; call++) {
      int count = random.nextInt(call % 100 == 0 ? SOURCES : 20);
      int source = -1;
      int some = 0;
      for (int i = 0; i < count && source < SOURCES - 1; i++) {
        source += 1 + random.nextInt(Math.max(1, (SOURCES - source - 1) / (count - i)));
        active[some++] = source;
      }
      float weight = WEIGHTS[call % WEIGHTS.length];
      Arrays.fill(expected, 0);
      for (int i = 0; i < some; i++) {
        for (int e = synapses.offsets()[active[i]]; e < synapses.offsets()[active[i] + 1]; e++) {
          expected[synapses.columns()[e]]++;
        }
      }
      for (int i = 0; i < TARGETS; i++) {
        expected[i] = weight * expected[i] + 0.0f;
      }
      bitmaps.weigh(active, some, weight, found, 0);
      if (!Arrays.equals(found, expected)) {
        assertThat(found).as("call " + call).containsExactly(expected);
      }
    }
  }

  /**
   * HotSpot takes methods of up to 325 bytes into those that call them often, and what this makes
   * of several loops over vectors is beyond what C2 inlines whole.
   */
  @Test
  void longLoopsOverVectorsStayMethods() {
    StringWriter code = new StringWriter();
    PrintWriter out = new PrintWriter(code);
    String classes = Path.of(location()).toString();
    ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
    javap.run(out, out, "-c", "-p", "-cp", classes, TargetBitmaps.class.getName());
    for (String name : List.of("addGroup", "addCarries", "turn", "weighTile")) {
      Matcher method =
          Pattern.compile(" void " + name + "\\(.*?(\\d+): return", Pattern.DOTALL)
              .matcher(code.toString());
      assertThat(method.find()).as(name).isTrue();
      assertThat(Integer.parseInt(method.group(1))).as(name).isGreaterThan(325);
    }
  }

  private static URI location() {
    try {
      return TargetBitmaps.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connectivity synapses(SplittableRandom random) {
    int[] offsets = new int[SOURCES + 1];
    int[] columns = new int[SOURCES * TARGETS];
    int size = 0;
    for (int k = 0; k < SOURCES; k++) {
      for (int target = random.nextInt(20); target < TARGETS; target += 1 + random.nextInt(20)) {
        columns[size++] = target;
      }
      offsets[k + 1] = size;
    }
    return new Connectivity(TARGETS, offsets, Arrays.copyOf(columns, size));
  }
}
