package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

class NodePathTest {
  @Test
  void plainSegmentsStandAsTheyAre() {
    assertThat(NodePath.join(List.of("block", "lif_1", "10"))).isEqualTo("block.lif_1.10");
  }

  @Test
  void segmentsWithAMeaningOnTheCommandLineAreQuoted() {
    assertThat(NodePath.quote("lif1.lif")).isEqualTo("'lif1.lif'");
    assertThat(NodePath.quote("it's")).isEqualTo("'it''s'");
    assertThat(NodePath.quote("a b")).isEqualTo("'a b'");
    assertThat(NodePath.quote("a,b")).isEqualTo("'a,b'");
    assertThat(NodePath.quote("a:b")).isEqualTo("'a:b'");
    assertThat(NodePath.quote("a=b")).isEqualTo("'a=b'");
    assertThat(NodePath.quote("schön")).isEqualTo("schön");
  }

  @Test
  void splitUndoesQuotes() {
    assertThat(NodePath.split("'lif1.lif'.tau")).containsExactly("lif1.lif", "tau");
    assertThat(NodePath.split("a.'it''s'.'b c'")).containsExactly("a", "it's", "b c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "'a", "a'b", "'a'b", "'a'.", "''''.'"})
  void malformedPathsAreRefused(String path) {
    assertThatThrownBy(() -> NodePath.split(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Path \"" + path + "\"")
        .hasMessageContaining("'segment with dot'.segment");
  }

  @Seeded(times = 20)
  void splitOfJoinGivesTheSegmentsBack(SplittableRandom random) {
    String alphabet = "ab.',:= ü\t\u0001";
    for (int round = 0; round < 500; round++) {
      List<String> segments = new ArrayList<>();
      for (int count = random.nextInt(1, 5); count > 0; count--) {
        StringBuilder segment = new StringBuilder();
        for (int length = random.nextInt(1, 6); length > 0; length--) {
          segment.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        segments.add(segment.toString());
      }
      assertThat(NodePath.split(NodePath.join(segments))).isEqualTo(segments);
    }
  }

  @Test
  void nodesKnowTheirNameAndPath() {
    Node top = new Node("lif1.lif", new OutputOperation());
    Node nested = Node.at(List.of("lif1", "lif"), new OutputOperation());

    assertThat(top.path()).isEqualTo("'lif1.lif'");
    assertThat(nested.path()).isEqualTo("lif1.lif");
    assertThat(nested.name()).isEqualTo("lif1.lif");
    assertThatThrownBy(() -> new Node("", new OutputOperation()))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> new Node("a", "b", new OutputOperation()))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("b is not that of a node named 'a'");
  }
}
