package org.velella.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.module.Memories;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.Samples;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.NetworkModule;
import org.velella.network.Networks;
import org.velella.network.OutputOperation;
import org.velella.neuron.LifNode;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.TileParameters;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileState;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.LiteralEncoder;
import org.velella.testkit.Seeded;

class EncodersTest {
  private static final int STEPS = 6;
  private static final int BATCH = 3;
  private static final int SIZE = 20;

  private static Tensor sequence(SplittableRandom random) {
    Tensor x = Tensor.of(Shape.of(STEPS, BATCH, SIZE), new float[STEPS * BATCH * SIZE]);
    for (int i = 0; i < x.size(); i++) {
      x.floats()[i] = (float) random.nextDouble();
    }
    return x;
  }

  private static void assertDefinition(
      Tensor spikes, Tensor x, EncoderOperation encoder, Samples samples, String path) {
    for (int t = 0; t < STEPS; t++) {
      for (int n = 0; n < BATCH; n++) {
        int at = (t * BATCH + n) * SIZE;
        float[] rates = Arrays.copyOfRange(x.floats(), at, at + SIZE);
        assertThat(Arrays.copyOfRange(spikes.floats(), at, at + SIZE))
            .isEqualTo(
                LiteralEncoder.encode(encoder, samples.seed(n), path, samples.id(n), t, rates));
      }
    }
  }

  @Seeded
  void modulesDrawAsSamplesOfSeedZeroUnlessToldOtherwise(SplittableRandom random) {
    Tensor x = sequence(random);
    PoissonEncoder module = new PoissonEncoder();
    module.setStepMode(StepMode.MULTI_STEP);
    Tensor spikes = NdArrays.toTensor(module.forward(NdArrays.toArray(x)));
    assertDefinition(spikes, x, BernoulliOperation.dense(), Samples.numbered(), "module");
    assertThat(module.memory("step").number()).isEqualTo(STEPS);
  }

  @Seeded
  void modulesDrawWhatTheyAreTold(SplittableRandom random) {
    Tensor x = sequence(random);
    Samples samples = Samples.of(random.nextLong(), random.longs(BATCH).toArray());
    BernoulliEncoder module = new BernoulliEncoder(0.5);
    module.setNoise(samples, "net.'my encoder'");
    module.setStepMode(StepMode.MULTI_STEP);
    Tensor spikes = NdArrays.toTensor(module.forward(NdArrays.toArray(x)));
    assertDefinition(spikes, x, BernoulliOperation.skip(0.5f), samples, "net.'my encoder'");
  }

  @Seeded
  void stepsGoOnFromTheMemory(SplittableRandom random) {
    Tensor x = sequence(random);
    PoissonEncoder whole = new PoissonEncoder();
    whole.setStepMode(StepMode.MULTI_STEP);
    Tensor expected = NdArrays.toTensor(whole.forward(NdArrays.toArray(x)));
    PoissonEncoder later = new PoissonEncoder();
    later.setMemory("step", MemoryValue.integer(STEPS - 1));
    Tensor last = x.rows(STEPS - 1, STEPS).reshape(Shape.of(BATCH, SIZE));
    Tensor found = NdArrays.toTensor(later.forward(NdArrays.toArray(last)));
    assertThat(found.floats())
        .isEqualTo(expected.rows(STEPS - 1, STEPS).floats())
        .isNotEqualTo(expected.rows(0, 1).floats());
  }

  @Test
  void resizingTheBatchKeepsTheStep() {
    PoissonEncoder module = new PoissonEncoder();
    module.forward(NdArrays.toArray(Tensor.of(Shape.of(2, 3), new float[6])));
    Modules.resizeBatch(module, 5);
    module.forward(NdArrays.toArray(Tensor.of(Shape.of(5, 3), new float[15])));
    assertThat(module.memory("step").number()).isEqualTo(2);
  }

  @Test
  void aWrongNumberOfIdsIsRefused() {
    PoissonEncoder module = new PoissonEncoder();
    module.setNoise(Samples.of(1, 10, 11, 12), "encoder");
    assertThatThrownBy(
            () -> module.forward(NdArrays.toArray(Tensor.of(Shape.of(2, 1), new float[2]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 samples")
        .hasMessageContaining("ids of 3");
    assertThatThrownBy(() -> Samples.of(new long[2], new long[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 seeds and 3 ids");
  }

  @Test
  void limitsOutOfRangeAreRefused() {
    for (double limit : new double[] {0, -1, 1.5, Double.NaN, 1e-12}) {
      assertThatThrownBy(() -> new BernoulliEncoder(limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2^-31 to 1");
    }
    assertThatThrownBy(() -> new BernoulliOperation(Sampling.DENSE, 0.5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.5");
  }

  @Test
  void stepsBeyondTheCounterAreRefused() {
    PoissonEncoder module = new PoissonEncoder();
    module.setMemory("step", MemoryValue.integer(1L << 32));
    assertThatThrownBy(
            () -> module.forward(NdArrays.toArray(Tensor.of(Shape.of(1, 1), new float[1]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step 4294967296");
  }

  private static Network network(EncoderOperation encoder) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(SIZE)))
        .node("encoder", encoder)
        .node(
            "lif",
            new NeuronOperation(
                NeuronModels.integrateAndFire(org.velella.neuron.ResetKind.HARD), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "encoder")
        .edge("encoder", "lif")
        .edge("lif", "output")
        .build();
  }

  @Seeded
  void aCheckpointOfARunGoesOnInAModuleTree(SplittableRandom random) {
    Network network = network(BernoulliOperation.dense());
    Tensor x = sequence(random);
    Samples samples = Samples.of(random.nextLong(), random.longs(BATCH).toArray());
    TileParameters tile = TileParameters.NONE.with(samples);
    int cut = 2;
    try (Simulator simulator =
        new Simulator(network, new ScalarBackend(), Probes.NONE, SimulatorOptions.DEFAULT)) {
      TileState start = simulator.initial(BATCH, tile);
      TileState middle =
          simulator.run(
              start,
              (first, steps, target) ->
                  System.arraycopy(
                      x.floats(), (int) first * BATCH * SIZE, target, 0, steps * BATCH * SIZE),
              cut,
              tile,
              RecordSink.NONE);
      NetworkModule module = new NetworkModule(network);
      module.setSamples(samples);
      module.setStepMode(StepMode.MULTI_STEP);
      Memories.loadMemories(module, middle.memories().stream().map(MemoryValue::tensor).toList());
      module.forward(NdArrays.toArray(x.rows(cut, STEPS)));
      TileState end =
          simulator.run(
              middle,
              (first, steps, target) ->
                  System.arraycopy(
                      x.floats(), (int) first * BATCH * SIZE, target, 0, steps * BATCH * SIZE),
              STEPS - cut,
              tile,
              RecordSink.NONE);
      List<MemoryValue> found = Memories.memories(module);
      for (int m = 0; m < found.size(); m++) {
        assertThat(found.get(m).tensor().bitEquals(end.memories().get(m))).isTrue();
      }
    }
  }

  @Seeded
  void aNodesOwnModuleDrawsWhatTheNodeDraws(SplittableRandom random) {
    Tensor x = sequence(random);
    Samples samples = Samples.of(random.nextLong(), random.longs(BATCH).toArray());
    NetworkModule module = new NetworkModule(network(BernoulliOperation.skip(0.75f)));
    module.setSamples(samples);
    Modules.setStepMode(module, StepMode.MULTI_STEP);
    Tensor spikes =
        NdArrays.toTensor(module.namedChildren().get("encoder").forward(NdArrays.toArray(x)));
    assertDefinition(spikes, x, BernoulliOperation.skip(0.75f), samples, "encoder");
  }

  @Test
  void aSequenceOfModulesBecomesANetworkWithTheSameMemories() {
    Sequential tree = new Sequential(new PoissonEncoder(), new LifNode());
    Network network = Networks.fromModule(tree, Shape.of(4));
    assertThat(List.copyOf(network.memories().keySet()))
        .containsExactly("0.step", "1.v")
        .isEqualTo(Memories.namedMemories(tree).stream().map(m -> m.name()).toList());
    assertThat(network.spikes("0")).isTrue();
  }

  @Test
  void filesHoldEncodersAndDigestsTellThemApart() {
    List<EncoderOperation> encoders =
        List.of(
            BernoulliOperation.dense(), BernoulliOperation.skip(1), BernoulliOperation.skip(0.1f));
    for (EncoderOperation encoder : encoders) {
      Network read = NetworkCodec.fromBytes(NetworkCodec.toBytes(network(encoder)));
      assertThat(read.node("encoder").operation()).isEqualTo(encoder);
    }
    assertThat(encoders.stream().map(e -> NetworkDigest.of(network(e)).value()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aFileWithALimitOutOfRangeIsRefused() {
    String text =
        new String(
            NetworkCodec.toBytes(network(BernoulliOperation.skip(0.5f))),
            java.nio.charset.StandardCharsets.ISO_8859_1);
    String damaged = text.replace("0x1.0p-1", "0x1.0p+1");
    assertThat(damaged).isNotEqualTo(text);
    assertThatThrownBy(
            () ->
                NetworkCodec.fromBytes(
                    damaged.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("2^-31 to 1");
  }
}
