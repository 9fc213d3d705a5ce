package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class NetworkTopologyTest {
  /** A network of echo neurons with these edges, such as {@code "a b"}, in the given order. */
  private static Network network(List<String> edges) {
    Set<String> names = new TreeSet<>();
    edges.forEach(edge -> names.addAll(List.of(edge.split(" "))));
    List<String> order = new ArrayList<>(names);
    Collections.shuffle(order, new Random(edges.hashCode()));
    Network.Builder builder = Network.builder();
    for (String name : order) {
      builder.node(
          name,
          name.startsWith("in")
              ? Nets.input(1)
              : name.startsWith("out") ? Nets.output() : Nets.echo(0));
    }
    edges.forEach(edge -> builder.edge(edge.split(" ")[0], edge.split(" ")[1]));
    return builder.build();
  }

  private static List<String> names(List<Node> nodes) {
    return nodes.stream().map(Node::name).toList();
  }

  @Test
  void chainRunsFromInputToOutputWhateverTheNames() {
    Network network = network(List.of("z out", "in 10", "10 9", "9 z"));

    assertThat(names(network.nodes())).containsExactly("in", "10", "9", "z", "out");
    assertThat(network.delayed()).isEmpty();
  }

  @Test
  void branchesComeInOrderOfDistanceThenOfName() {
    Network network = network(List.of("in b", "in a", "a c", "c d", "b d", "d out"));

    assertThat(names(network.nodes())).containsExactly("in", "a", "b", "c", "d", "out");
  }

  @Test
  void recurrentLayerDeliversOneStepLate() {
    Network network = network(List.of("in fc", "fc lif", "lif rec", "rec lif", "lif out"));

    assertThat(network.delayed()).containsExactly(new Edge("rec", "lif"));
    assertThat(names(network.nodes())).containsExactly("in", "fc", "lif", "rec", "out");
    assertThat(network.components().stream().map(NetworkTopologyTest::names))
        .containsExactly(List.of("in"), List.of("fc"), List.of("lif", "rec"), List.of("out"));
  }

  @Test
  void neuronThatFeedsItselfIsACycle() {
    Network network = network(List.of("in a", "a a", "a out"));

    assertThat(network.delayed()).containsExactly(new Edge("a", "a"));
    assertThat(network.isInCycle("a")).isTrue();
    assertThat(network.isInCycle("out")).isFalse();
  }

  @Test
  void shortcutInsideACycleDoesNotDelayTheWayAroundIt() {
    // By distance from the input d comes before c; only d -> a leads back.
    Network network = network(List.of("in a", "a b", "b c", "c d", "a d", "d a", "d out"));

    assertThat(network.delayed()).containsExactly(new Edge("d", "a"));
    assertThat(names(network.nodes())).containsExactly("in", "a", "b", "c", "d", "out");
  }

  @Test
  void cyclesInsideCyclesEachCloseOnce() {
    Network network = network(List.of("in a", "a b", "b c", "c b", "c d", "d a", "d out", "b b"));

    assertThat(network.delayed())
        .containsExactlyInAnyOrder(new Edge("c", "b"), new Edge("d", "a"), new Edge("b", "b"));
  }

  @Test
  void cycleWithTwoEntriesIsCutTheSameWayInAnyOrder() {
    Network network = network(List.of("in a", "in b", "a b", "b a", "a out"));

    assertThat(network.delayed()).containsExactly(new Edge("b", "a"));
  }

  @Test
  void nodeOutOfReachIsRefused() {
    assertThatThrownBy(() -> network(List.of("in a", "a out", "b c", "c b", "c out")))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Node 'b' cannot be reached from any Input node");
  }

  @Test
  void longChainNeedsNoDeepStack() {
    List<String> edges = new ArrayList<>(List.of("in n0"));
    for (int i = 0; i < 20_000; i++) {
      edges.add("n" + i + " n" + (i + 1));
    }
    edges.add("n20000 n0");
    edges.add("n20000 out");

    assertThat(network(edges).delayed()).containsExactly(new Edge("n20000", "n0"));
  }

  @Seeded(times = 20)
  void orderOfNodesAndEdgesInAFileDoesNotShow(SplittableRandom random) {
    List<String> edges = randomEdges(random);
    Network first = network(edges);
    for (int i = 0; i < 5; i++) {
      List<String> shuffled = new ArrayList<>(edges);
      Collections.shuffle(shuffled, new Random(random.nextLong()));
      Network second = network(shuffled);
      assertThat(names(second.nodes())).isEqualTo(names(first.nodes()));
      assertThat(second.delayed()).isEqualTo(first.delayed());
      assertThat(second.memories().keySet().toArray())
          .isEqualTo(first.memories().keySet().toArray());
      assertThat(NetworkDigest.of(second)).isEqualTo(NetworkDigest.of(first));
    }
  }

  @Seeded(times = 50)
  void everyEdgeThatIsNotDelayedLeadsForwardAndEveryDelayedOneClosesACycle(
      SplittableRandom random) {
    Network network = network(randomEdges(random));
    Map<String, Integer> place = new HashMap<>();
    names(network.nodes()).forEach(name -> place.put(name, place.size()));

    for (Edge edge : network.edges()) {
      if (network.delayed().contains(edge)) {
        assertThat(reachable(network, edge.target())).contains(edge.source());
      } else {
        assertThat(place.get(edge.source())).as("%s", edge).isLessThan(place.get(edge.target()));
      }
    }
    for (List<Node> component : network.components()) {
      for (Node node : component) {
        for (Node other : component) {
          assertThat(reachable(network, node.name())).contains(other.name());
        }
      }
    }
    assertThat(network.components().stream().flatMap(List::stream).map(Node::name).toList())
        .isEqualTo(names(network.nodes()));
  }

  private static Set<String> reachable(Network network, String from) {
    Set<String> seen = new TreeSet<>(Set.of(from));
    List<String> queue = new ArrayList<>(seen);
    while (!queue.isEmpty()) {
      String name = queue.remove(queue.size() - 1);
      for (Edge edge : network.edges()) {
        if (edge.source().equals(name) && seen.add(edge.target())) {
          queue.add(edge.target());
        }
      }
    }
    return seen;
  }

  /** A connected graph with cycles over up to 12 neurons and two inputs. */
  private static List<String> randomEdges(SplittableRandom random) {
    int count = random.nextInt(1, 13);
    Set<String> edges = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      String source = i == 0 || random.nextInt(6) == 0 ? "in0" : "n" + random.nextInt(i);
      edges.add(source + " n" + i);
    }
    edges.add("in1 n" + random.nextInt(count));
    for (int extra = random.nextInt(2 * count); extra > 0; extra--) {
      edges.add("n" + random.nextInt(count) + " n" + random.nextInt(count));
    }
    edges.add("n" + (count - 1) + " out");
    return new ArrayList<>(edges);
  }
}
