package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.Linear;
import org.velella.module.ModuleException;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.network.Edge;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.NetworkStructure;
import org.velella.network.OutputOperation;
import org.velella.network.PlasticContainer;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirWriter;
import org.velella.neuron.LifNode;
import org.velella.synapse.TripletStdpRule.Interactions;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class PlasticityTest {
  private static final float[][] WEIGHT = {{0.1f, 0.2f, 0.3f}, {0.4f, 0.5f, 0.6f}};

  private static INDArray row(float... values) {
    return Nd4j.createFromArray(values).reshape(1, values.length);
  }

  private static float[] memory(PlasticLinear module, String name) {
    return NdArrays.toTensor(module.memory(name).array()).floats();
  }

  /**
   * SpikingJelly's numbers: a coincidence of equal traces changes nothing, then dW is as listed.
   */
  @Test
  void pairsGiveTheChangesOfTheSeed() {
    PlasticLinear module = new PlasticLinear(Nd4j.createFromArray(WEIGHT), StdpRule.of(2, 4));
    module.setStepMode(StepMode.SINGLE_STEP);
    module.forward(List.of(row(1, 0, 1), row(1, 0, 1), row(0, 1)));

    assertThat(memory(module, "weight")).containsExactly(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f);
    assertThat(memory(module, "trace_pre")).containsExactly(1, 0, 1);
    assertThat(memory(module, "trace_post")).containsExactly(0, 1);

    INDArray output = module.forward(List.of(row(0, 1, 1), row(0, 1, 1), row(1, 1))).get(0);

    // The output is that of the weights before.
    assertThat(NdArrays.toTensor(output).floats()).containsExactly(0.2f + 0.3f, 0.5f + 0.6f);
    assertThat(memory(module, "trace_pre")).containsExactly(0.5f, 1, 1.5f);
    assertThat(memory(module, "trace_post")).containsExactly(1, 1.75f);
    float[] change = {0.05f, 0, 0.15f, 0.2f, -0.375f, -0.15f};
    for (int i = 0; i < change.length; i++) {
      assertThat(memory(module, "weight")[i])
          .isCloseTo(WEIGHT[i / 3][i % 3] + change[i], within(1e-6f));
    }
  }

  private static float weightAfter(
      LearningRule rule, float start, float[] pre, float[] post, float[] rewards) {
    PlasticLinear module = new PlasticLinear(Nd4j.createFromArray(new float[][] {{start}}), rule);
    module.setStepMode(StepMode.MULTI_STEP);
    INDArray x = Nd4j.createFromArray(pre).reshape(pre.length, 1, 1);
    INDArray s = Nd4j.createFromArray(post).reshape(post.length, 1, 1);
    INDArray r = Nd4j.createFromArray(rewards).reshape(rewards.length, 1, 1);
    module.forward(rule.rewarded() ? List.of(x, x, s, r) : List.of(x, x, s));
    return memory(module, "weight")[0];
  }

  private static float[] spikes(int steps, int... at) {
    float[] spikes = new float[steps];
    for (int t : at) {
      spikes[t] = 1;
    }
    return spikes;
  }

  /** E of step 1 is w (1 e^(-1/2)), and only the reward of step 2 meets it. */
  @Test
  void rewardMeetsTheEligibilityOfTheStepBefore() {
    WeightDependence one = WeightDependence.constant(1);
    MstdpRule rule = MstdpRule.of(2, 4).dependences(one, one).rate(0.5f);
    float[] pre = spikes(4, 0);
    float[] post = spikes(4, 1);
    // Step 0: pre alone, tr_post is 0, E = 0. Step 1: E = e^(-1/2).
    assertThat(weightAfter(rule, 1, pre, post, new float[] {9, 9, 0, 9})).isEqualTo(1);
    assertThat(weightAfter(rule, 1, pre, post, new float[] {0, 0, -3, 0}))
        .isCloseTo((float) (1 - 0.5 * 3 * Math.exp(-0.5)), within(1e-6f));
  }

  /** The trace is E / 5 at step 2, and decays by e^(-1/5) in each further one. */
  @Test
  void rewardThatComesLateMeetsTheTraceOfTheEligibility() {
    WeightDependence one = WeightDependence.constant(1);
    MstdpetRule rule = MstdpetRule.of(2, 4, 5).dependences(one, one);
    float[] pre = spikes(8, 0);
    float[] post = spikes(8, 1);
    double trace = Math.exp(-0.5) / 5;
    assertThat(weightAfter(rule, 1, pre, post, new float[] {0, 0, 1, 0, 0, 0, 2, 0}))
        .isCloseTo((float) (1 + trace + 2 * trace * Math.exp(-4.0 / 5)), within(1e-6f));
  }

  /** Spikes at t: pre 0, post 10, post 15, pre 30. Equations 3 and 4 of the paper, in float64. */
  @Test
  void tripletsGiveTheChangesOfThePaper() {
    TripletStdpRule rule =
        new TripletStdpRule(
            16.8f,
            101,
            33.7f,
            125,
            5e-3f,
            6.2e-3f,
            7e-3f,
            2.3e-3f,
            Interactions.ALL_TO_ALL,
            WeightBounds.NONE);
    double up = Math.exp(-10 / 16.8) * 5e-3;
    up += Math.exp(-15 / 16.8) * (5e-3 + 6.2e-3 * Math.exp(-5 / 125.0));
    double late = 7e-3 + 2.3e-3 * Math.exp(-30 / 101.0);
    double all = (Math.exp(-20 / 33.7) + Math.exp(-15 / 33.7)) * late;
    double last = Math.exp(-15 / 33.7) * late;
    float[] pre = spikes(40, 0, 30);
    float[] post = spikes(40, 10, 15);
    float[] none = new float[40];
    assertThat(weightAfter(rule, 0.5f, pre, post, none))
        .isCloseTo((float) (0.5 + up - all), within(3e-7f));
    assertThat(weightAfter(rule.interactions(Interactions.NEAREST), 0.5f, pre, post, none))
        .isCloseTo((float) (0.5 + up - last), within(3e-7f));
  }

  /** 60 pairs 10 ms apart at 20 Hz and at 50 Hz: more pairs per second potentiate more. */
  @Test
  void triplesMakePairsDependOnTheirFrequency() {
    float[] changes = new float[2];
    int[] periods = {100, 20};
    for (int i = 0; i < 2; i++) {
      int period = periods[i];
      int[] at = java.util.stream.IntStream.range(0, 60).map(k -> k * period).toArray();
      float[] pre = spikes(60 * period + 20, at);
      float[] post = spikes(pre.length, java.util.Arrays.stream(at).map(t -> t + 10).toArray());
      float[] none = new float[pre.length];
      changes[i] = weightAfter(TripletStdpRule.VISUAL_CORTEX, 0, pre, post, none);
    }
    assertThat(changes[1]).isGreaterThan(changes[0]).isPositive();
  }

  @Test
  void weightsStayWithinTheirBounds() {
    StdpRule rule = StdpRule.of(2, 2).bounds(0, 0.25f);
    float[] ones = spikes(6, 0, 1, 2, 3, 4, 5);
    WeightDependence one = WeightDependence.constant(1);
    WeightDependence none = WeightDependence.constant(0);
    float[] rewards = new float[6];
    assertThat(weightAfter(rule.dependences(none, one), 0.1f, ones, ones, rewards))
        .isEqualTo(0.25f);
    assertThat(weightAfter(rule.dependences(one, none), 0.1f, ones, ones, rewards)).isZero();
    assertThatThrownBy(() -> weightAfter(rule, 0.5f, ones, ones, rewards))
        .hasMessage("PlasticLinear weight must be from 0.0 to 0.25, found 0.5 at index 0");
  }

  /** As the layer, its neurons and the learner of the seed, step by step, by hand in float64. */
  @Test
  void containersLearnFromTheNeuronsBehindThem() {
    StdpRule rule = StdpRule.of(2, 4).rate(0.5f);
    // A Linear for neurons: y = 2 W x, whatever that is as spikes.
    Linear twice = new Linear(Nd4j.createFromArray(new float[][] {{2}}));
    PlasticContainer container =
        new PlasticContainer(Nd4j.createFromArray(new float[][] {{0.5f}}), twice, rule);
    container.setStepMode(StepMode.SINGLE_STEP);
    double w = 0.5;
    double pre = 0;
    double post = 0;
    for (float x : new float[] {1, 0, 1, 1}) {
      float y = NdArrays.toTensor(container.forward(row(x))).floats()[0];
      double expected = 2 * w * x;
      pre = pre - pre / 2 + x;
      post = post - post / 4 + expected;
      w += 0.5 * (w * expected * pre - w * post * x);
      assertThat((double) y).isCloseTo(expected, within(1e-5));
    }
  }

  /** The outputs of a reset container are those of a fresh one, and samples learn alone. */
  @Test
  void samplesDoNotShareWhatTheyLearn() {
    INDArray weight = Nd4j.createFromArray(WEIGHT);
    StdpRule rule = StdpRule.of(3, 3).rate(0.2f);
    PlasticContainer both = new PlasticContainer(weight, new LifNode(), rule);
    PlasticContainer one = new PlasticContainer(weight, new LifNode(), rule);
    both.setStepMode(StepMode.MULTI_STEP);
    one.setStepMode(StepMode.MULTI_STEP);
    float[][][] x = {{{9, 0, 9}, {0, 9, 9}}, {{0, 9, 0}, {9, 9, 0}}, {{9, 9, 0}, {9, 0, 9}}};
    float[] together = NdArrays.toTensor(both.forward(Nd4j.createFromArray(x))).floats();
    for (int n = 0; n < 2; n++) {
      Modules.resetNet(one);
      float[][][] alone = {{x[0][n]}, {x[1][n]}, {x[2][n]}};
      float[] found = NdArrays.toTensor(one.forward(Nd4j.createFromArray(alone))).floats();
      for (int t = 0; t < 3; t++) {
        assertThat(found[2 * t]).isEqualTo(together[4 * t + 2 * n]);
        assertThat(found[2 * t + 1]).isEqualTo(together[4 * t + 2 * n + 1]);
      }
    }
  }

  private static PlasticOperation operation(LearningRule rule) {
    Tensor weight = Tensor.of(Shape.of(1), new float[] {0.5f});
    Connectivity synapses = new Connectivity(2, new int[] {0, 1}, new int[] {1});
    return new PlasticOperation(Shape.of(1), Shape.of(2), synapses, weight, rule);
  }

  private static Network network(PlasticOperation operation, Shape teacher) {
    return Network.builder()
        .node("input", new InputOperation(operation.source()))
        .node("teacher", new InputOperation(teacher))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node", "x")
        .edge("input", "node", "pre")
        .edge("teacher", "node", "post")
        .edge("node", "output")
        .build();
  }

  @Test
  void filesKeepRulesAndDigestsTellThemApart() {
    Network network = network(operation(StdpRule.of(20, 30).bounds(0, 1)), Shape.of(2));
    byte[] bytes = NetworkCodec.toBytes(network);
    Network again = NetworkCodec.fromBytes(bytes);

    assertThat(NetworkCodec.toBytes(again)).isEqualTo(bytes);
    assertThat(again.node("node").operation()).isInstanceOf(PlasticOperation.class);
    assertThat(((PlasticOperation) again.node("node").operation()).rule())
        .isEqualTo(StdpRule.of(20, 30).bounds(0, 1));
    Network other = network(operation(StdpRule.of(20, 31).bounds(0, 1)), Shape.of(2));
    assertThat(NetworkDigest.of(other).value()).isNotEqualTo(NetworkDigest.of(network).value());
    assertThatThrownBy(
            () -> NirWriter.toBytes(network, NirConvention.NORSE, 1e-4, NirWriter.Compression.NONE))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("node (PlasticProjection)");
  }

  /** As people write network.json: decimal numbers, and only those that are not usual. */
  @Test
  void textsMayLeaveOutWhatIsUsual() {
    String text =
        """
        {"format": "velella-network", "version": 1,
         "nodes": [{"path": "input", "op": "input", "shape": [2]},
          {"path": "node", "op": "plastic", "source": [2], "target": [1], "weight": [1, 2],
           "rule": "stdp", "numbers": {"tau_pre": 10, "high": 0.5}},
          {"path": "output", "op": "output"}],
         "edges": [["input", "node", "x"], ["node", "output"]]}
        """;
    Tensor weight = Tensor.of(Shape.of(1, 2), new float[] {0.25f, 0.5f});
    Network network = NetworkStructure.parse(text).build(Map.of("node.weight", weight));

    assertThat(((PlasticOperation) network.node("node").operation()).rule())
        .isEqualTo(StdpRule.of(10, 20).bounds(-Float.MAX_VALUE, 0.5f));
  }

  @Test
  void everyRuleComesBackFromItsNumbers() {
    for (String kind : LearningRule.kinds()) {
      LearningRule usual = LearningRule.of(kind, Map.of());
      LearningRule bounded = LearningRule.of(kind, Map.of("high", 2f));
      assertThat(usual.kind()).isEqualTo(kind);
      assertThat(bounded.bounds()).isEqualTo(new WeightBounds(-Float.MAX_VALUE, 2));
      assertThat(LearningRule.of(kind, bounded.numbers())).isEqualTo(bounded).isNotEqualTo(usual);
    }
  }

  @Test
  void whatClosesACycleOnlyToTeachIsNotLate() {
    PlasticOperation plastic =
        new PlasticOperation(
            Shape.of(1),
            Shape.of(1),
            null,
            Tensor.of(Shape.of(1, 1), new float[] {1}),
            StdpRule.of(2, 2));
    Network.Builder network = Network.builder();
    network.node("input", new InputOperation(Shape.of(1)));
    network.node("neurons", new LifNode().operation());
    network.node("node", plastic).node("output", new OutputOperation());
    network.edge("input", "node", "x").edge("node", "neurons").edge("neurons", "node", "post");
    network.edge("neurons", "output");

    assertThat(network.build().delayed()).isEmpty();
    assertThat(network.build().memories().keySet())
        .containsExactly("node.weight", "node.trace_pre", "node.trace_post", "neurons.v");

    network.node("again", plastic).edge("neurons", "again", "x").edge("again", "neurons");
    network.edge("neurons", "again", "post");
    assertThat(network.build().delayed()).containsExactly(new Edge("again", "neurons"));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> network(operation(StdpRule.of(20, 20)), Shape.of(3)))
        .isInstanceOf(NetworkException.class)
        .hasMessage(
            "Node 'node' (PlasticProjection) takes 'post' of shape [2], found [3] from 'teacher'");
    assertThatThrownBy(() -> StdpRule.of(0.5f, 20))
        .hasMessage(
            "'tau_pre' of a learning rule must be finite and at least 1.0 steps, found 0.5");
    assertThatThrownBy(() -> MstdpRule.of(20, 0)).hasMessageContaining("above 0 steps, found 0.0");
    assertThatThrownBy(() -> LearningRule.of("hebb", Map.of()))
        .hasMessageContaining("There is no learning rule 'hebb'; there are [stdp,");
    assertThatThrownBy(() -> LearningRule.of("stdp", Map.of("tau", 3f)))
        .hasMessageContaining("Learning rule 'stdp' has no [tau]; there are [tau_pre,");
    PlasticLinear module = new PlasticLinear(Nd4j.createFromArray(WEIGHT), StdpRule.of(2, 4));
    assertThatThrownBy(() -> module.forward(List.of(row(1, 0, 1), row(1, 0, 1), row(0, 1, 1))))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining(
            "PlasticLinear takes 'post' [1, 2], but 'x' is [1, 3] and 'post' is [1, 3]");
  }
}
