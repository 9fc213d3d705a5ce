package org.velella.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** Descriptions of sweeps give nothing but their documented exceptions. */
class SpaceFuzzTest {
  private static final List<String> SPACES =
      List.of(
          "{\"product\":[\"a=1:5:9\",{\"zip\":[\"b=1,2\",\"c=x,y\"]},{\"sobol\":{\"trials\":8,\"seed\":1,\"vary\":[\"d=uniform:0:1\",\"e=choice:1,2\"]}}]}",
          "{\"union\":[{\"table\":{\"a\":[\"1\",\"2\"],\"b\":[\"\",\"u\"]}},\"a=1:100:3:log\"]}",
          "{\"columns\":{\"a\":{\"numbers\":[\"1.5,,2\",\"7\"]},\"b\":{\"texts\":[\"u\"],\"rows\":[\"0,,0\",\"\"]}}}");

  @Seeded
  void spaces(SplittableRandom random) {
    int read =
        Fuzz.run(
            random,
            SPACES.stream().map(text -> text.getBytes(UTF_8)).toList(),
            bytes -> {
              ParameterSpace space = Spaces.parse(CanonicalJson.parse(bytes, "fuzz"));
              if (space.trials() > 0) {
                space.row(space.trials() - 1);
              }
            },
            List.of(JsonException.class, IllegalArgumentException.class));
    assertThat(read).isPositive();
  }
}
