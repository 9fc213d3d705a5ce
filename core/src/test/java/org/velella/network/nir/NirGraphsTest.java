package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.velella.network.Edge;
import org.velella.network.Network;

/** How nodes are wired: sums, duplicates, cycles, ports, graphs in graphs. */
class NirGraphsTest {
  private static NirBuilder scale(NirBuilder file, String name, float factor) {
    return file.node(name, "Scale", "scale", new float[] {factor});
  }

  private static NirBuilder integrator(NirBuilder file, String name, float threshold) {
    return file.node(name, "IF", "r", 1f, "v_threshold", threshold, "v_reset", 0f);
  }

  private static NirBuilder affine(NirBuilder file, String name, float weight, float bias) {
    return file.node(
        name, "Affine", "weight", new float[][] {{weight}}, "bias", new float[] {bias});
  }

  @Test
  void severalEdgesIntoANodeAreSummed() {
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1);
    scale(scale(scale(file, "a", 2), "b", 30), "c", 400);
    file.chain("input", "a", "output").chain("input", "b", "output").chain("input", "c", "output");

    assertThat(NirRun.output(file.network(), 1)).containsExactly(432);
  }

  @Test
  void edgeGivenTwiceCountsOnceAndIsReported() {
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1);
    scale(file, "a", 2).chain("input", "a", "output").edge("input", "a").edge("input", "a");
    NirImport imported = file.read("norse", 1);

    assertThat(NirRun.output(imported.network(), 1)).containsExactly(2);
    assertThat(imported.notes())
        .containsExactly(
            "edge input -> a is given twice; the second was left out",
            "edge input -> a is given twice; the second was left out");
  }

  @Test
  void edgeGivenTwiceInANestedGraphIsReportedWithTheGraph() {
    NirBuilder inner = NirBuilder.ofInput(1).output("output", 1);
    scale(inner, "a", 2).chain("input", "a", "output").edge("a", "output");
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1).graph("in.ner", inner);
    NirImport imported = file.chain("input", "in.ner", "output").read("norse", 1);

    assertThat(NirRun.output(imported.network(), 1)).containsExactly(2);
    assertThat(imported.notes())
        .containsExactly(
            "edge a -> output in graph 'in.ner' is given twice; the second was left out");
  }

  @Test
  void cycleDeliversOneStepLate() {
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1);
    integrator(file, "if", 0.5f).node("w", "Linear", "weight", new float[][] {{1}});
    Network network = file.chain("input", "if", "w", "if").edge("if", "output").network();

    assertThat(network.delayed()).containsExactly(new Edge("w", "if"));
    assertThat(NirRun.outputs(network, new float[][] {{0}, {1}, {0}, {0}}))
        .isDeepEqualTo(new float[][] {{0}, {1}, {1}, {1}});
  }

  /** As in the files *_subgraph.nir that came with the NIR paper. */
  @Test
  void nodeThatWasRenamedWithoutItsEdgesIsFoundAndReported() {
    NirBuilder inner = NirBuilder.ofInput(1).output("output", 1);
    integrator(inner, "lif1", 0.5f).node("w_rec", "Linear", "weight", new float[][] {{1}});
    inner.chain("input", "lif", "output").chain("lif", "w_rec", "lif");
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1).graph("lif1", inner);
    NirImport imported = file.chain("input", "lif1", "output").read("norse", 1);

    assertThat(NirRun.outputs(imported.network(), new float[][] {{0}, {1}, {0}}))
        .isDeepEqualTo(new float[][] {{0}, {1}, {1}});
    assertThat(imported.notes())
        .containsExactly(
            "graph lif1: edges name 'lif', which is no node; 'lif1', the only node without an edge,"
                + " was taken");
    assertThat(imported.network().memories())
        .containsOnlyKeys("lif1.lif1.v", "lif1.w_rec.previous");
  }

  @Test
  void danglingEdgeIsNotRepairedWhereTwoNodesOrTwoNamesCouldBeMeant() {
    NirBuilder twoNodes = NirBuilder.ofInput(1).output("output", 1);
    integrator(integrator(twoNodes, "a", 1), "b", 1).chain("input", "lif", "output");
    assertThatThrownBy(twoNodes::network).hasMessageContaining("there is no node 'lif'");

    NirBuilder twoNames = NirBuilder.ofInput(1).output("output", 1);
    integrator(twoNames, "a", 1).edge("input", "lif").edge("lf", "output");
    assertThatThrownBy(twoNames::network).hasMessageContaining("there is no node 'l");

    NirBuilder input = NirBuilder.ofInput(1).node("other", "Input", "shape", new long[] {1});
    input.output("output", 1).edge("input", "output").edge("input", "lif");
    assertThatThrownBy(input::network).hasMessageContaining("there is no node 'lif'");
  }

  @Test
  void nodeMayFeedItself() {
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1);
    integrator(file, "if", 0.5f).edge("if", "if").chain("input", "if", "output");

    assertThat(NirRun.outputs(file.network(), new float[][] {{1}, {0}, {0}}))
        .isDeepEqualTo(new float[][] {{1}, {1}, {1}});
  }

  @Test
  void firstStepOfACycleIsNothingOrTheBiasAsTheConventionSays() {
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1);
    affine(integrator(file, "if", 0.2f), "w", 0, 0.25f);
    file.chain("input", "if", "w", "if").edge("if", "output");
    float[][] silence = {{0}, {0}};

    assertThat(NirRun.outputs(file.read("norse", 1).network(), silence))
        .isDeepEqualTo(new float[][] {{0}, {1}});
    assertThat(NirRun.outputs(file.read("norse,first-step=zero-input", 1).network(), silence))
        .isDeepEqualTo(new float[][] {{1}, {1}});
  }

  @Test
  void severalInputsAndOutputsLieInByteOrderOfTheirNames() {
    NirBuilder file =
        new NirBuilder()
            .node("z", "Input", "shape", new long[] {2})
            .node("a", "Input", "shape", new long[] {2})
            .output("out2", 2)
            .output("out10", 2);
    scale(scale(file, "s", 10), "t", 100);
    file.chain("z", "s", "out10").chain("a", "t", "out2").edge("z", "out2");

    // a = 1, 2 and z = 3, 4; out10 = 10 z, out2 = 100 a + z
    assertThat(NirRun.output(file.network(), 1, 2, 3, 4)).containsExactly(30, 40, 103, 204);
  }

  @Test
  void graphsMayBeNestedDeeply() {
    NirBuilder graph = scale(NirBuilder.ofInput(1).output("output", 1), "s", 2);
    graph.chain("input", "s", "output");
    for (int depth = 0; depth < NirFile.GREATEST_DEPTH; depth++) {
      NirBuilder outer = NirBuilder.ofInput(1).output("output", 1).graph("g", graph);
      graph = outer.chain("input", "g", "output");
    }
    Network network = graph.network();

    assertThat(network.nodes()).hasSize(3);
    assertThat(network.nodes().get(1).path()).isEqualTo("g.".repeat(32) + "s");
    assertThat(NirRun.output(network, 3)).containsExactly(6);
    NirBuilder deeper = NirBuilder.ofInput(1).output("output", 1).graph("g", graph);
    assertThatThrownBy(() -> deeper.chain("input", "g", "output").network())
        .isInstanceOf(NirException.class)
        .hasMessageContaining("nested deeper than 32");
  }

  @Test
  void nestedGraphMayFanInAndOutAndPassItsInputThrough() {
    NirBuilder inner = NirBuilder.ofInput(1).output("output", 1);
    scale(scale(inner, "a", 10), "b", 100);
    inner.chain("input", "a", "output").chain("input", "b", "output").edge("input", "output");
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1).graph("g", inner);
    scale(scale(scale(file, "p", 2), "q", 3), "after", -1);
    file.chain("input", "p", "g", "after", "output").chain("input", "q", "g");

    // g takes 2 x + 3 x and gives 111 times that.
    assertThat(NirRun.output(file.network(), 1)).containsExactly(-555);
  }

  @Test
  void sameNamesInDifferentGraphsAreDifferentNodes() {
    NirBuilder first = scale(NirBuilder.ofInput(1).output("output", 1), "s", 2);
    NirBuilder second = scale(NirBuilder.ofInput(1).output("output", 1), "s", 5);
    NirBuilder file =
        NirBuilder.ofInput(1)
            .output("output", 1)
            .graph("g1", first.chain("input", "s", "output"))
            .graph("g2", second.chain("input", "s", "output"));
    scale(file, "s", 7).chain("input", "g1", "s", "g2", "output");

    assertThat(NirRun.output(file.network(), 1)).containsExactly(70);
  }

  @Test
  void cycleMayLeadThroughANestedGraph() {
    NirBuilder inner = NirBuilder.ofInput(1).output("output", 1);
    integrator(inner, "if", 0.5f).chain("input", "if", "output");
    NirBuilder file = NirBuilder.ofInput(1).output("output", 1).graph("g", inner);
    scale(file, "w", 1).chain("input", "g", "w", "g").edge("g", "output");

    assertThat(NirRun.outputs(file.network(), new float[][] {{1}, {0}, {0}}))
        .isDeepEqualTo(new float[][] {{1}, {1}, {1}});
  }
}
