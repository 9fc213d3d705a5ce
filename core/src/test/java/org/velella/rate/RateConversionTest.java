package org.velella.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Scales and weights by hand. */
class RateConversionTest {
  /** Activations: (4, 0), (1, 2) and (2, 1); outputs 4 - 0 + 1, 1 - 4 + 1, 2 - 2 + 1. */
  private static final Network MLP =
      RateNets.chain(
          RateNets.linear(2, 2, new float[] {0, 1}, 1, 0, 0, -1),
          RateNets.linear(1, 2, new float[] {1}, 1, -2));

  private static final CalibrationData DATA = RateNets.data(2, 4, 3, 1, -1, 2, 0);

  private static LinearOperation linear(RateConversion.Converted converted, String name) {
    return (LinearOperation) converted.network().node(name).operation();
  }

  @Test
  void layersAreScaledByTheirLargestActivation() {
    RateConversion.Converted converted = RateConversion.of(MLP).convert(DATA);
    assertThat(converted.scales().get("relu1")).containsExactly(4);
    assertThat(linear(converted, "fc1").weight().floats()).containsExactly(0.25f, 0, 0, -0.25f);
    assertThat(linear(converted, "fc1").bias().floats()).containsExactly(0, 0.25f);
    // Outputs from -2 to 5: rates are (output + 2) / 7.
    assertThat(converted.scales().get("readout")).containsExactly(7);
    assertThat(linear(converted, "fc2").weight().floats()).containsExactly(4f / 7, -8f / 7);
    assertThat(linear(converted, "fc2").bias().floats()).containsExactly(3f / 7);
    assertThat(converted.notes())
        .containsExactly("readout readout is added: its rate is (output - (-2.0)) / 7.0");
    NeuronOperation neurons = (NeuronOperation) converted.network().node("relu1").operation();
    assertThat(neurons.model()).isEqualTo(NeuronModels.integrateAndFire(ResetKind.SOFT));
    assertThat(neurons.parameter("v_threshold").values()).containsExactly(1);
    assertThat(converted.network().spikes("output")).isTrue();
  }

  @Test
  void channelsHaveScalesOfTheirOwnIfAsked() {
    RateConversion.Converted converted =
        RateConversion.of(MLP)
            .granularity(Granularity.CHANNEL)
            .readout(Readout.VALUES)
            .convert(DATA);
    assertThat(converted.scales()).containsOnlyKeys("relu1");
    assertThat(converted.scales().get("relu1")).containsExactly(4, 2);
    assertThat(linear(converted, "fc1").weight().floats()).containsExactly(0.25f, 0, 0, -0.5f);
    assertThat(linear(converted, "fc1").bias().floats()).containsExactly(0, 0.5f);
    assertThat(linear(converted, "fc2").weight().floats()).containsExactly(4, -4);
    assertThat(linear(converted, "fc2").bias().floats()).containsExactly(1);
    assertThat(converted.network().nodes()).hasSameSizeAs(MLP.nodes());
  }

  /** The six activations in order: 0, 1, 1, 2, 2, 4. */
  @Test
  void rulesOtherThanTheLargest() {
    RateConversion half = RateConversion.of(MLP).rule(ScaleRule.fraction(0.5));
    assertThat(half.convert(DATA).scales().get("relu1")).containsExactly(2);
    RateConversion percentile = RateConversion.of(MLP).rule(ScaleRule.percentile(90));
    assertThat(percentile.convert(DATA).scales().get("relu1")[0]).isCloseTo(3, within(1e-12));
    RateConversion both = percentile.granularity(Granularity.CHANNEL);
    // By channel: 1, 2, 4 and 0, 1, 2, of which the place is 1.8.
    assertThat(both.convert(DATA).scales().get("relu1"))
        .containsExactly(new double[] {3.6, 1.8}, within(1e-12));
  }

  @Test
  void whatIsNeverActiveKeepsItsWeights() {
    Network network =
        RateNets.chain(RateNets.linear(2, 1, null, 1, -1), RateNets.linear(1, 2, null, 1, 1));
    RateConversion.Converted converted =
        RateConversion.of(network).granularity(Granularity.CHANNEL).convert(RateNets.data(1, 2, 3));
    assertThat(converted.scales().get("relu1")).containsExactly(3, 1);
    assertThat(converted.notes())
        .contains("relu1: 1 of 2 scales are 0 on the calibration data and taken as 1");
  }

  private static Tensor ones(float value, int... dims) {
    float[] values = new float[Shape.of(dims).size()];
    java.util.Arrays.fill(values, value);
    return Tensor.of(Shape.of(dims), values);
  }

  /**
   * Two channels of 2 x 2 that a 1 x 1 convolution multiplies by 1 and 10, a batch norm by 2; the
   * average pool and the flattening keep channels apart, so each input of the linear layer has the
   * scale of its channel.
   */
  @Test
  void scalesByChannelGoThroughPoolsAndFlattening() {
    Shape one = Shape.of(1, 1);
    Shape zero = Shape.of(0, 0);
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1, 2, 2)))
            .node(
                "conv",
                new ConvOperation(
                    2,
                    Tensor.of(Shape.of(2, 1, 1, 1), new float[] {1, 10}),
                    null,
                    one,
                    zero,
                    zero,
                    one,
                    1))
            .node("norm", new BatchNormOperation(ones(2, 2), ones(0, 2), ones(0, 2), ones(1, 2), 0))
            .node("relu", RateNets.relu())
            .node(
                "pool",
                new PoolOperation(
                    PoolOperation.Mode.AVERAGE,
                    Shape.of(2, 1),
                    Shape.of(2, 1),
                    zero,
                    PoolOperation.Divisor.WINDOW))
            .node("flat", new FlattenOperation(0, -1))
            .node("fc", RateNets.linear(1, 4, null, 1, 1, 1, 1))
            .node("output", new OutputOperation())
            .edge("input", "conv")
            .edge("conv", "norm")
            .edge("norm", "relu")
            .edge("relu", "pool")
            .edge("pool", "flat")
            .edge("flat", "fc")
            .edge("fc", "output")
            .build();
    RateConversion.Converted converted =
        RateConversion.of(network)
            .granularity(Granularity.CHANNEL)
            .readout(Readout.VALUES)
            .convert(RateNets.data(4, 1, 2, 3, 0));
    assertThat(converted.scales().get("relu")).containsExactly(6, 60);
    ConvOperation conv = (ConvOperation) converted.network().node("conv").operation();
    assertThat(conv.weight().floats()).containsExactly(2f / 6, 20f / 60);
    assertThat(linear(converted, "fc").weight().floats()).containsExactly(6, 6, 60, 60);
    assertThat(converted.notes()).containsExactly("batch norm norm is folded into conv");
    // Dense: pooled (2 + 6) / 2, (4 + 0) / 2, then ten times that; together 66.
    double[][] values = RateNets.means(converted.network(), 600, 4, 1, 2, 3, 0);
    assertThat(values[0][0]).isCloseTo(66, within(0.5));
  }

  /** x + relu(x): the sum's sources have scales of their own, which no weights can take in. */
  @Test
  void sumsOfDifferentScalesGetScaleNodes() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("fc1", RateNets.linear(1, 1, null, 4))
            .node("relu1", RateNets.relu())
            .node("fc2", RateNets.linear(1, 1, null, 1))
            .node("relu2", RateNets.relu())
            .node("output", new OutputOperation())
            .edge("input", "fc1")
            .edge("fc1", "relu1")
            .edge("relu1", "fc2")
            .edge("fc2", "relu2")
            .edge("relu1", "relu2")
            .edge("relu2", "output")
            .build();
    RateConversion.Converted converted =
        RateConversion.of(network).convert(RateNets.data(1, 1, 0.5f));
    assertThat(converted.scales().get("relu1")).containsExactly(4);
    assertThat(converted.scales().get("relu2")).containsExactly(8);
    assertThat(linear(converted, "fc2").weight().floats()).containsExactly(0.5f);
    ScaleOperation scale = (ScaleOperation) converted.network().node("relu1_to_relu2").operation();
    assertThat(scale.scale().floats()).containsExactly(0.5f);
    assertThat(RateNets.means(converted.network(), 1000, 1, 0.5f)[0][0])
        .isCloseTo(0.5, within(0.005));
  }

  @Test
  void addedScaleNodeTakesAFreeName() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("fc1", RateNets.linear(1, 1, null, 4))
            .node("relu1", RateNets.relu())
            .node("relu1_to_relu2", RateNets.linear(1, 1, null, 1))
            .node("relu2", RateNets.relu())
            .node("output", new OutputOperation())
            .edge("input", "fc1")
            .edge("fc1", "relu1")
            .edge("relu1", "relu1_to_relu2")
            .edge("relu1_to_relu2", "relu2")
            .edge("relu1", "relu2")
            .edge("relu2", "output")
            .build();
    RateConversion.Converted converted =
        RateConversion.of(network).convert(RateNets.data(1, 1, 0.5f));
    assertThat(linear(converted, "relu1_to_relu2").weight().floats()).containsExactly(0.5f);
    ScaleOperation scale = (ScaleOperation) converted.network().node("relu1_to_relu2_").operation();
    assertThat(scale.scale().floats()).containsExactly(0.5f);
  }

  @Test
  void whatCannotBeConvertedIsNamed() {
    Network spiking =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node(
                "if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "if")
            .edge("if", "output")
            .build();
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> RateConversion.of(spiking).convert(RateNets.data(1, 1)))
        .withMessageContaining("Node 'if' is of kind if");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateConversion.of(MLP).convert(RateNets.data(2)))
        .withMessageContaining("no calibration samples");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateConversion.of(MLP).convert(RateNets.data(2, Float.NaN, 0)))
        .withMessageContaining("computes NaN at index 0")
        .withMessageContaining("must be finite");
  }

  /** The channels of each layer alone would have room. */
  @Test
  void percentilesOfMoreChannelsThanMemoryHoldsAreRefused() {
    int channels = 20_000;
    LinearOperation wide = RateNets.linear(channels, 1, null, new float[channels]);
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(1)))
            .node("fc1", wide)
            .node("relu1", RateNets.relu())
            .node("fc2", wide)
            .node("relu2", RateNets.relu())
            .node("fc3", RateNets.linear(1, channels, null, new float[channels]))
            .node("output", new OutputOperation())
            .edge("input", "fc1")
            .edge("fc1", "relu1")
            .edge("input", "fc2")
            .edge("fc2", "relu2")
            .edge("relu1", "fc3")
            .edge("relu2", "fc3")
            .edge("fc3", "output")
            .build();
    RateConversion conversion =
        RateConversion.of(network)
            .rule(ScaleRule.percentile(99))
            .granularity(Granularity.CHANNEL)
            .readout(Readout.VALUES);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> conversion.convert(RateNets.data(1, 1)))
        .withMessageContaining(
            "Percentiles of 40000 channels, of all layers together, need 1310720000");
  }

  private static Network withPool(PoolOperation pool, LinearOperation last) {
    LinearOperation diagonal =
        RateNets.linear(4, 4, null, 1, 0, 0, 0, 0, 10, 0, 0, 0, 0, 100, 0, 0, 0, 0, 1000);
    Network.Builder builder =
        Network.builder()
            .node("input", new InputOperation(Shape.of(4)))
            .node("fc1", diagonal)
            .node("relu1", RateNets.relu())
            .node("pool", pool)
            .node("output", new OutputOperation())
            .edge("input", "fc1")
            .edge("fc1", "relu1")
            .edge("relu1", "pool");
    return last == null
        ? builder.edge("pool", "output").build()
        : builder.node("fc2", last).edge("pool", "fc2").edge("fc2", "output").build();
  }

  private static PoolOperation pairs(PoolOperation.Mode mode) {
    return new PoolOperation(
        mode, Shape.of(2), Shape.of(2), Shape.of(0), PoolOperation.Divisor.WINDOW);
  }

  /** A pool over a vector adds up neurons whose spikes stand for different values. */
  @Test
  void poolsOverTheFirstAxisGetTheDenseValues() {
    float[] rows = {1, 1, 1, 1, .5f, .25f, .5f, .25f};
    LinearOperation identity = RateNets.linear(2, 2, null, 1, 0, 0, 1);
    for (LinearOperation last : new LinearOperation[] {identity, null}) {
      RateConversion.Converted converted =
          RateConversion.of(withPool(pairs(PoolOperation.Mode.AVERAGE), last))
              .granularity(Granularity.CHANNEL)
              .readout(Readout.VALUES)
              .convert(RateNets.data(4, rows));
      assertThat(converted.scales().get("relu1")).containsExactly(1, 10, 100, 1000);
      assertThat(converted.notes())
          .containsExactly("relu1_to_pool is added: it scales what relu1 sends");
      double[][] means = RateNets.means(converted.network(), 64, 4, rows);
      assertThat(means[0]).containsExactly(5.5, 550);
      // Half the rate, a quarter of it: all of these are whole spikes of 64 steps.
      assertThat(means[1]).containsExactly(1.5, 150);
    }
    RateConversion.Converted spiking =
        RateConversion.of(withPool(pairs(PoolOperation.Mode.SUM), null))
            .granularity(Granularity.CHANNEL)
            .convert(RateNets.data(4, rows));
    assertThat(RateNets.argmax(RateNets.means(spiking.network(), 64, 4, rows)[0])).isEqualTo(1);
  }

  /** Nothing is mixed then, but there are fewer of it. */
  @Test
  void poolsOverChannelsOfEqualScalePassItOn() {
    LinearOperation identity = RateNets.linear(2, 2, null, 1, 0, 0, 1);
    float[] rows = {2, .02f, .002f, .0002f, 0, .2f, .02f, .002f};
    // All largest activations are 2.
    for (Readout readout : Readout.values()) {
      for (LinearOperation last : new LinearOperation[] {identity, null}) {
        Network network = withPool(pairs(PoolOperation.Mode.AVERAGE), last);
        RateConversion.Converted converted =
            RateConversion.of(network)
                .granularity(Granularity.CHANNEL)
                .readout(readout)
                .convert(RateNets.data(4, rows));
        assertThat(converted.scales().get("relu1")).containsOnly(2).hasSize(4);
        assertThat(converted.notes()).noneMatch(note -> note.startsWith("relu1_to_pool"));
        double[] means = RateNets.means(converted.network(), 400, 4, rows)[1];
        if (readout == Readout.VALUES) {
          assertThat(means).containsExactly(new double[] {1, 2}, within(0.02));
        } else {
          assertThat(means[1]).isGreaterThan(means[0]);
        }
      }
    }
  }

  @Test
  void valuesBehindARectifierAreThoseOfTheDenseNetwork() {
    float[] rows = {1, 1, 1, 1};
    RateConversion.Converted converted =
        RateConversion.of(withPool(pairs(PoolOperation.Mode.AVERAGE), null))
            .readout(Readout.VALUES)
            .convert(RateNets.data(4, rows));
    assertThat(converted.notes())
        .containsExactly("pool_to_output is added: it scales what pool sends");
    // Of 1000 a rate of 0.001 is no spike in 64 steps, one of 0.01 neither.
    assertThat(RateNets.means(converted.network(), 2000, 4, rows)[0])
        .containsExactly(new double[] {5.5, 550}, within(1.0));
  }

  /** One that was never active does not slow the others down. */
  @Test
  void outputsThatWereNeverActiveHaveTheScaleOfTheOthers() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2)))
            .node("fc", RateNets.linear(2, 2, null, 1, 0, 0, -1))
            .node("relu", RateNets.relu())
            .node("output", new OutputOperation())
            .edge("input", "fc")
            .edge("fc", "relu")
            .edge("relu", "output")
            .build();
    RateConversion.Converted converted =
        RateConversion.of(network)
            .granularity(Granularity.CHANNEL)
            .convert(RateNets.data(2, 0.0625f, 1, 0.03125f, 1));
    assertThat(converted.scales().get("relu")).containsExactly(0.0625);
    assertThat(converted.notes()).isEmpty();
  }

  /** The larger output spikes more, though its channel has been far larger. */
  @Test
  void rectifiersAtTheEndHaveOneScale() {
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2)))
            .node("fc", RateNets.linear(2, 2, null, 1, 0, 0, 1))
            .node("relu", RateNets.relu())
            .node("flatten", new FlattenOperation(0, -1))
            .node("output", new OutputOperation())
            .edge("input", "fc")
            .edge("fc", "relu")
            .edge("relu", "flatten")
            .edge("flatten", "output")
            .build();
    RateConversion.Converted converted =
        RateConversion.of(network)
            .granularity(Granularity.CHANNEL)
            .convert(RateNets.data(2, 100, 0, 10, 5));
    assertThat(converted.scales().get("relu")).containsExactly(100);
    double[][] rates = RateNets.means(converted.network(), 100, 2, 10, 5);
    assertThat(rates[0]).containsExactly(new double[] {0.1, 0.05}, within(0.011));
  }
}
