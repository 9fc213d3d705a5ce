package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.layer.Linear;
import org.velella.module.Operation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.NetworkModule;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;
import org.velella.testkit.TestLayers;
import org.velella.testkit.TestSynapses;

class ProjectionsTest {
  private static final Shape POPULATION = Shape.of(2, 3);

  /** Source 0 to targets 1 and 4, source 2 to target 0, source 5 to all. */
  private static final Connectivity SYNAPSES =
      new Connectivity(6, new int[] {0, 2, 2, 3, 3, 3, 9}, new int[] {1, 4, 0, 0, 1, 2, 3, 4, 5});

  private static SparseOperation sparse(float first) {
    float[] weights = {first, 2, 3, 4, 5, 6, 7, 8, 9};
    return new SparseOperation(POPULATION, POPULATION, SYNAPSES, Tensor.of(Shape.of(9), weights));
  }

  private static EqualWeightOperation equal(float weight) {
    return new EqualWeightOperation(POPULATION, POPULATION, SYNAPSES, weight);
  }

  private static Network recurrent(Operation projection) {
    return Network.builder()
        .node("input", new InputOperation(POPULATION))
        .node("if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of()))
        .node("back", projection)
        .node("output", new OutputOperation())
        .edge("input", "if")
        .edge("if", "back")
        .edge("back", "if")
        .edge("if", "output")
        .firstStep(FirstStep.ZERO_INPUT)
        .build();
  }

  @Test
  void rowsThatDoNotFitAreRefused() {
    assertRefused(3, new int[] {0, 2}, new int[] {1, 3}, "at most 2, found 3 after 1");
    assertRefused(3, new int[] {0, 2}, new int[] {1, 1}, "found 1 after 1 at synapse 1");
    assertRefused(3, new int[] {0, 2}, new int[] {2, 1}, "found 1 after 2");
    assertRefused(3, new int[] {0, 1}, new int[] {-1}, "found -1");
    assertRefused(3, new int[] {0, 2, 1}, new int[] {0}, "Row 1");
    assertRefused(3, new int[] {0, -5, 1}, new int[] {0}, "Row 0");
    assertRefused(3, new int[] {0, 1}, new int[] {0, 1}, "from 0 to 2");
    assertRefused(3, new int[] {1, 1}, new int[] {0}, "1 to 1");
    assertRefused(0, new int[] {0, 0}, new int[0], "found 1 and 0");
    assertRefused(1, new int[] {0}, new int[0], "found 0 and 1");
  }

  private static void assertRefused(int targets, int[] offsets, int[] columns, String why) {
    assertThatThrownBy(() -> new Connectivity(targets, offsets, columns))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void weightsAndPopulationsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> sparse(Float.NaN)).hasMessageContaining("found NaN at synapse 0");
    assertThatThrownBy(() -> equal(Float.POSITIVE_INFINITY)).hasMessageContaining("Infinity");
    assertThatThrownBy(() -> new SparseProjection(SYNAPSES, new float[8]))
        .hasMessageContaining("one float32 weight for each of 9 synapses");
    assertThatThrownBy(() -> new EqualWeightOperation(Shape.of(7), POPULATION, SYNAPSES, 1))
        .hasMessageContaining("from shape [7]");
    assertThatThrownBy(() -> sparse(1).outputShape(Shape.of(6)))
        .hasMessageContaining("cannot take input of shape [6]");
    int many = EqualWeightOperation.MOST_IN_DEGREE + 1;
    int[] offsets = new int[many + 1];
    Arrays.setAll(offsets, k -> k);
    Connectivity crowded = new Connectivity(1, offsets, new int[many]);
    assertThatThrownBy(() -> new EqualWeightOperation(Shape.of(many), Shape.of(1), crowded, 1))
        .hasMessageContaining("up to 65535 synapses to a target, found 65536");
  }

  @Test
  void connectivityKnowsItsNumbers() {
    assertThat(SYNAPSES.sources()).isEqualTo(6);
    assertThat(SYNAPSES.synapses()).isEqualTo(9);
    assertThat(SYNAPSES.density()).isEqualTo(0.25);
    assertThat(SYNAPSES.largestInDegree()).isEqualTo(2);
  }

  @Seeded(times = 5)
  void theSynapsesOfAMatrixGiveWhatTheMatrixGives(SplittableRandom random) {
    int in = TestLayers.between(random, 1, 30);
    int out = TestLayers.between(random, 1, 30);
    INDArray weight = NdArrays.toArray(TestLayers.weights(random, out, in));
    Tensor x = Tensor.of(Shape.of(4, in), TestInputs.sequence(random, 4 * in, false));
    Tensor dense = NdArrays.toTensor(new Linear(weight).forward(NdArrays.toArray(x)));
    Tensor found =
        NdArrays.toTensor(SparseProjection.ofNonZero(weight).forward(NdArrays.toArray(x)));
    assertThat(found.bitEquals(dense)).isTrue();
  }

  @Test
  void equalWeightsWeighTheCount() {
    EqualWeightProjection module = new EqualWeightProjection(SYNAPSES, -0.5);
    Tensor x = Tensor.of(Shape.of(2, 6), new float[] {1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0});
    Tensor y = NdArrays.toTensor(module.forward(NdArrays.toArray(x)));
    Tensor expected =
        Tensor.of(Shape.of(2, 6), new float[] {-1, -1, -.5f, -.5f, -1, -.5f, 0, 0, 0, 0, 0, 0});
    assertThat(y.bitEquals(expected)).as("%s", Arrays.toString(y.floats())).isTrue();
  }

  @Test
  void filesHoldProjectionsAndDigestsTellThemApart() {
    List<Operation> operations = List.of(sparse(1), sparse(1.5f), equal(1), equal(2));
    for (Operation operation : operations) {
      byte[] bytes = NetworkCodec.toBytes(recurrent(operation));
      Network read = NetworkCodec.fromBytes(bytes);
      assertThat(NetworkCodec.toBytes(read)).isEqualTo(bytes);
      assertThat(read.outputShape("back")).isEqualTo(POPULATION);
    }
    assertThat(operations.stream().map(o -> NetworkDigest.of(recurrent(o)).value()))
        .doesNotHaveDuplicates();
    SparseOperation read =
        (SparseOperation)
            NetworkCodec.fromBytes(NetworkCodec.toBytes(recurrent(sparse(1))))
                .node("back")
                .operation();
    assertThat(read.connectivity()).isEqualTo(SYNAPSES);
    assertThat(read.weight().bitEquals(sparse(1).weight())).isTrue();
    EqualWeightOperation equal =
        (EqualWeightOperation)
            NetworkCodec.fromBytes(NetworkCodec.toBytes(recurrent(equal(0.25f))))
                .node("back")
                .operation();
    assertThat(equal).isEqualTo(equal(0.25f));
  }

  @Test
  void filesWithRowsThatDoNotFitAreRefused() {
    var file = Safetensors.read(NetworkCodec.toBytes(recurrent(sparse(1))));
    file.tensors().get("back.columns").ints()[1] = 6;
    byte[] damaged = Safetensors.toBytes(file.tensors(), file.metadata());
    assertThatThrownBy(() -> NetworkCodec.fromBytes(damaged))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("source 0")
        .hasMessageContaining("found 6");
  }

  @Seeded
  void recurrentProjectionsDeliverOneStepLater(SplittableRandom random) {
    NetworkModule module = new NetworkModule(recurrent(equal(0.5f)));
    float[] v = new float[6];
    float[] back = new float[6];
    for (int t = 0; t < 8; t++) {
      float[] x = new float[6];
      for (int i = 0; i < 6; i++) {
        x[i] = random.nextInt(3) * 0.5f;
      }
      INDArray in = NdArrays.toArray(Tensor.of(POPULATION.prepend(1), x));
      float[] spikes = new float[6];
      float[] next = new float[6];
      for (int i = 0; i < 6; i++) {
        v[i] += back[i] + x[i];
        spikes[i] = v[i] >= 1 ? 1 : 0;
        v[i] -= spikes[i];
      }
      for (int k = 0; k < 6; k++) {
        for (int e = SYNAPSES.offsets()[k]; e < SYNAPSES.offsets()[k + 1]; e++) {
          next[SYNAPSES.columns()[e]] += 0.5f * spikes[k];
        }
      }
      back = next;
      assertThat(NdArrays.toTensor(module.forward(in)).floats()).isEqualTo(spikes);
    }
  }

  @Seeded
  void populationsWithoutSynapsesStaySilent(SplittableRandom random) {
    Connectivity none = TestSynapses.connectivity(random, 4, 5, 0);
    SparseProjection module = new SparseProjection(none, new float[0]);
    Tensor x = Tensor.of(Shape.of(1, 4), new float[] {1, -1, Float.NaN, 3});
    Tensor y = NdArrays.toTensor(module.forward(NdArrays.toArray(x)));
    assertThat(y.bitEquals(Tensor.of(Shape.of(1, 5), new float[5]))).isTrue();
  }
}
