package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.Selection.Interval;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonFields;
import org.velella.testkit.Seeded;

class SelectionTest {
  private static Manifest manifest(Selection selection) {
    return Manifest.first(RUN, 5, 10, 3, WRITER, selection);
  }

  /** As a set of samples says it. */
  @Seeded(times = 50)
  void intersectsAndContainsAsSetsDo(SplittableRandom random) {
    BitSet[] sets = {new BitSet(), new BitSet()};
    List<List<SampleRange>> ranges = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 2; i++) {
      for (int lo = 0; lo < 40; lo += 4) {
        if (random.nextInt(4) == 0) {
          ranges.get(i).add(new SampleRange(lo, lo + 4));
          sets[i].set(lo, lo + 4);
        }
      }
    }
    if (sets[0].isEmpty() || sets[1].isEmpty()) {
      return;
    }
    Selection a = Selection.of(ranges.get(0));
    Selection b = Selection.of(ranges.get(1));

    assertThat(a.intersects(b)).isEqualTo(sets[0].intersects(sets[1]));
    assertThat(b.intersects(a)).isEqualTo(a.intersects(b));
    assertThat(a.intersects(a) && a.intersects(Selection.all())).isTrue();
    for (int lo = 0; lo < 44; lo++) {
      for (int hi = lo + 1; hi <= 44; hi++) {
        int next = sets[0].nextSetBit(lo);
        assertThat(a.contains(new SampleRange(lo, hi))).isEqualTo(next >= 0 && next < hi);
      }
    }
    assertThat(a.intervals().stream().mapToLong(i -> i.hi() - i.lo()).sum())
        .isEqualTo(sets[0].cardinality());
    assertThat(Selection.fromJson(json("{\"selection\":" + CanonicalJson.text(a.toJson()) + "}")))
        .isEqualTo(a);
  }

  private static JsonFields json(String text) {
    return new JsonFields(CanonicalJson.parse(text, "it"), "it");
  }

  @Test
  void rangesThatTouchAreOneInterval() {
    Selection selection = Selection.of(List.of(FIRST, SECOND, new SampleRange(6, 9)));

    assertThat(selection.intervals()).containsExactly(new Interval(0, 5), new Interval(6, 9));
    assertThat(selection).hasToString("samples [0, 5), [6, 9)");
    assertThat(Selection.all()).hasToString("all samples");
    assertThat(Selection.fromJson(json("{}"))).isEqualTo(Selection.all());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[[0]]",
        "[[0,3,4]]",
        "[[3,3]]",
        "[[-3,0]]",
        "[[3,5],[0,3]]",
        "[[0,3],[3,5]]",
        "[3]",
        "[[0,1.5]]",
        "[[0,9223372036854775808]]",
        "{}",
        "7",
        "[\"03\"]"
      })
  void otherTextsAreRefused(String text) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Selection.fromJson(json("{\"selection\":" + text + "}")));
  }

  @Test
  void manifestsHoldSelectionsOfWholeRangesOnly() throws IOException {
    for (Selection selection :
        List.of(Selection.of(List.of(FIRST)), Selection.of(List.of(SECOND)), Selection.all())) {
      byte[] bytes = ManifestCodec.encode(manifest(selection));
      Manifest read = ManifestCodec.decode(bytes, 1, "m", part -> List.of());
      assertThat(read).isEqualTo(manifest(selection));
      assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
          .contains(selection.isAll() ? "\"minor\":0" : "\"minor\":1");
    }
    for (SampleRange range :
        List.of(new SampleRange(0, 2), new SampleRange(1, 3), new SampleRange(3, 6))) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> manifest(Selection.of(List.of(range))))
          .withMessageContaining("not whole ranges");
    }
  }
}
