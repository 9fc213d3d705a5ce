package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeFileNameTest {
  private static final String UUID_TEXT = "123e4567-e89b-42d3-a456-426614174000";

  @Test
  void nameTellsRangeStepAndAttempt() {
    RangeFileName name =
        new RangeFileName(new SampleRange(4096, 8192), 200, UUID.fromString(UUID_TEXT));
    String text = "r000000004096-000000008192.s00000200." + UUID_TEXT + ".safetensors";

    assertThat(name).hasToString(text);
    assertThat(RangeFileName.parse(text)).contains(name);
  }

  @Test
  void largeNumbersTakeMoreDigits() {
    RangeFileName name =
        new RangeFileName(
            new SampleRange(Long.MAX_VALUE - 5, Long.MAX_VALUE),
            123_456_789_012L,
            UUID.fromString(UUID_TEXT));

    assertThat(RangeFileName.parse(name.toString())).contains(name);
    assertThat(name.toString())
        .startsWith("r9223372036854775802-9223372036854775807.s123456789012.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "r000000004096-000000008192.s00000200.safetensors",
        "r4096-8192.s200." + UUID_TEXT + ".safetensors",
        "r0000000004096-000000008192.s00000200." + UUID_TEXT + ".safetensors",
        "r000000008192-000000004096.s00000200." + UUID_TEXT + ".safetensors",
        "r000000004096-000000004096.s00000200." + UUID_TEXT + ".safetensors",
        "r000000004096-000000008192.s00000000." + UUID_TEXT + ".safetensors",
        "r000000004096-9999999999999999999.s00000200." + UUID_TEXT + ".safetensors",
        "r000000004096-000000008192.s00000200.123E4567-e89b-42d3-a456-426614174000.safetensors",
        "../r000000004096-000000008192.s00000200." + UUID_TEXT + ".safetensors",
        "r000000004096-000000008192.s00000200." + UUID_TEXT + ".safetensors\n",
        "r٠00000004096-000000008192.s00000200." + UUID_TEXT + ".safetensors",
      })
  void anythingElseIsNoName(String text) {
    assertThat(RangeFileName.parse(text)).isEmpty();
  }
}
