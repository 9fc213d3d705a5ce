package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.DelayedKernel;
import org.velella.backend.EdgeSums;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.NeuronKernel;
import org.velella.backend.NoiseKernel;
import org.velella.backend.SpikeFrameKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.EncoderOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.ConvOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestSynapses;

/** A kernel that a clock says is slow is replaced by the plain one, and no bit changes. */
@EnabledIf("vectorsAreHere")
class FallbackTest {
  private static final long SECOND = 1_000_000_000L;

  /** Calls of two seconds and more: nobody is judged for twenty, and the third complaint counts. */
  private static final int CALLS = 16;

  private static final int FRAMES = 5;

  private long now;
  private int plainCalls;

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  /** Watches for which a call takes so long, where a vector operation is to take 1 ns. */
  private Watches watches(long nanosPerCall) {
    return new Watches(
        () -> 1.0,
        () -> now,
        () -> now += nanosPerCall,
        0,
        new Counting(new ScalarKernels()),
        NeuronClasses.Kernel::probe);
  }

  /** Calls a kernel while it keeps its pace and while it does not, until it is replaced. */
  private void assertReplaced(Function<Watches, IntConsumer> kernel) {
    IntConsumer fast = kernel.apply(watches(0));
    for (int call = 0; call < CALLS; call++) {
      now += SECOND;
      fast.accept(call);
    }
    assertThat(plainCalls).as("plain calls for a kernel that keeps its pace").isZero();
    IntConsumer slow = kernel.apply(watches(SECOND));
    for (int call = 0; call < CALLS; call++) {
      slow.accept(call);
      assertThat(call > 0 || plainCalls == 0).as("nobody is judged yet").isTrue();
    }
    assertThat(plainCalls).as("plain calls for a slow kernel").isPositive();
    plainCalls = 0;
  }

  private void assertReplaced(StatelessOp op, float[] x, int outputs) {
    float[] expected = new float[FRAMES * outputs];
    new ScalarKernels().stateless(op).run(FRAMES, x, 0, expected, 0);
    long[] bits = bits(x);
    assertReplaced(
        watches -> {
          FrameKernel kernel = VectorSynapses.kernel(op, watches);
          float[] out = new float[expected.length];
          return call -> {
            if (bits != null && call % 2 == 0 && kernel instanceof SpikeFrameKernel spikes) {
              spikes.runSpikes(FRAMES, bits, 0, out, 0);
            } else {
              kernel.run(FRAMES, x, 0, out, 0);
            }
            assertThat(out).as("call %d", call).isEqualTo(expected);
          };
        });
  }

  /** Frames of spikes as bits; null if other numbers are among them. */
  private static long[] bits(float[] x) {
    int size = x.length / FRAMES;
    int words = SpikeFrameKernel.words(size);
    long[] bits = new long[FRAMES * words];
    for (int i = 0; i < x.length; i++) {
      if (x[i] != 0 && x[i] != 1) {
        return null;
      }
      int element = i % size;
      bits[i / size * words + element / Long.SIZE] |= x[i] == 1 ? 1L << element : 0;
    }
    return bits;
  }

  @Seeded(times = 1)
  void linearLayers(SplittableRandom random) {
    float[] weight = KernelTwins.graded(random, 1, 70 * 37);
    LinearOp op = new LinearOp("l", 0, 1, 1, 70, 37, weight, null);
    assertReplaced(op, KernelTwins.graded(random, 1, FRAMES * 70), 37);
    assertReplaced(op, KernelTwins.spikes(random, 0.9, FRAMES * 70), 37);
    assertReplaced(op, KernelTwins.graded(random, 0.05, FRAMES * 70), 37);
    assertReplaced(op, KernelTwins.spikes(random, 0.05, FRAMES * 70), 37);
  }

  @Seeded(times = 1)
  void convolutions(SplittableRandom random) {
    float[] weight = KernelTwins.graded(random, 1, 20 * 3 * 9);
    ConvOp op = new ConvOp("c", 0, 1, 3, 8, 9, 20, 8, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, weight, null);
    int size = FRAMES * 3 * 8 * 9;
    assertReplaced(op, KernelTwins.graded(random, 1, size), 20 * 8 * 9);
    assertReplaced(op, KernelTwins.spikes(random, 1, size), 20 * 8 * 9);
    assertReplaced(op, KernelTwins.graded(random, 0.01, size), 20 * 8 * 9);
    assertReplaced(op, KernelTwins.spikes(random, 0.01, size), 20 * 8 * 9);
  }

  @Seeded(times = 1)
  void poolingAndScaling(SplittableRandom random) {
    for (Mode mode : Mode.values()) {
      PoolOp op = new PoolOp("", 0, 1, mode, Divisor.WINDOW, 2, 6, 8, 3, 4, 2, 2, 2, 2, 0, 0);
      assertReplaced(op, KernelTwins.graded(random, 0.8, FRAMES * 96), 24);
      assertReplaced(op, KernelTwins.spikes(random, 0.2, FRAMES * 96), 24);
    }
    float[] factors = KernelTwins.graded(random, 1, 41);
    ScaleOp scale = new ScaleOp("", 0, 1, 41, 1, factors, factors);
    assertReplaced(scale, KernelTwins.graded(random, 1, FRAMES * 41), 41);
  }

  @Seeded(times = 1)
  void projections(SplittableRandom random) {
    for (double connected : new double[] {0.005, 0.2, 1}) {
      Connectivity synapses = TestSynapses.connectivity(random, 50, 90, connected);
      float[] spikes = KernelTwins.spikes(random, 0.2, FRAMES * 50);
      assertReplaced(TestSynapses.sparse(random, synapses), spikes, 90);
      float[] graded = KernelTwins.graded(random, 0.2, FRAMES * 50);
      assertReplaced(TestSynapses.sparse(random, synapses), graded, 90);
      assertReplaced(new EqualWeightOp("", 0, 1, synapses, 0.3f), spikes, 90);
    }
  }

  /** What is pending goes on to the plain kernel. */
  @Seeded(times = 1)
  void projectionsWithDelays(SplittableRandom random) {
    Connectivity synapses = TestSynapses.connectivity(random, 30, 40, 0.3);
    int count = synapses.columns().length;
    int[] steps = random.ints(count, 0, 5).toArray();
    float[] weights = KernelTwins.graded(random, 1, count);
    DelayedSparseOp op = new DelayedSparseOp("d", 0, 1, synapses, weights, steps, 4, 0);
    float[] x = KernelTwins.spikes(random, 0.3, FRAMES * 2 * 30);
    assertReplaced(
        watches -> {
          Tensor[] expectedTile = {Tensor.of(Shape.of(2, 4, 40), new float[2 * 4 * 40])};
          Tensor[] tile = {Tensor.of(Shape.of(2, 4, 40), new float[2 * 4 * 40])};
          DelayedKernel definition = new ScalarKernels().delayed(op, 2);
          DelayedKernel kernel = new VectorKernels(watches).delayed(op, 2);
          definition.load(expectedTile);
          kernel.load(tile);
          float[] expected = new float[FRAMES * 2 * 40];
          float[] out = new float[expected.length];
          return call -> {
            definition.run(FRAMES, x, 0, expected, 0);
            if (call % 2 == 0) {
              kernel.runSpikes(FRAMES, pairs(x), 0, out, 0);
            } else {
              kernel.run(FRAMES, x, 0, out, 0);
            }
            assertThat(out).as("call %d", call).isEqualTo(expected);
            kernel.store(tile);
            assertThat(tile[0].bitEquals(expectedTile[0])).as("memory, call %d", call).isTrue();
          };
        });
  }

  /** Frames of 30 spikes, one word each. */
  private static long[] pairs(float[] x) {
    long[] words = new long[x.length / 30];
    for (int i = 0; i < x.length; i++) {
      words[i / 30] |= x[i] == 1 ? 1L << i % 30 : 0;
    }
    return words;
  }

  @Seeded(times = 1)
  void encoders(SplittableRandom random) {
    List<EncoderOperation> all =
        List.of(
            BernoulliOperation.dense(), BernoulliOperation.skip(0.2f), new PoissonCountOperation());
    for (EncoderOperation operation : all) {
      EncoderOp op = new EncoderOp("e", "e", operation, 0, 1, 75, List.of(0));
      float[] rates = new float[2 * 75];
      for (int i = 0; i < rates.length; i++) {
        rates[i] = (float) random.nextDouble(0.2);
      }
      assertReplaced(
          watches -> {
            EncoderKernel definition = new ScalarKernels().encoder(op, 2, TileParameters.NONE);
            EncoderKernel kernel = new VectorKernels(watches).encoder(op, 2, TileParameters.NONE);
            Tensor[] expectedStep = {Tensor.of(Shape.SCALAR, new long[1])};
            Tensor[] step = {Tensor.of(Shape.SCALAR, new long[1])};
            float[][] expected = {rates, new float[rates.length]};
            float[][] values = {rates, new float[rates.length]};
            return call -> {
              definition.run(0, 1, expected, expectedStep);
              kernel.run(0, 1, values, step);
              assertThat(values[1]).as("call %d", call).isEqualTo(expected[1]);
              assertThat(step[0].longs()).isEqualTo(expectedStep[0].longs());
            };
          });
    }
  }

  @Seeded(times = 1)
  void noiseOfComputedInput(SplittableRandom random) {
    long key = random.nextLong();
    assertReplaced(
        watches -> {
          NoiseKernel definition = new ScalarKernels().noise();
          NoiseKernel kernel = new VectorKernels(watches).noise();
          float[] expected = new float[75];
          float[] out = new float[75];
          return call -> {
            if (call % 2 == 0) {
              assertThat(Arrays.copyOf(kernel.normals(key, 3, call, 75), 75))
                  .as("call %d", call)
                  .isEqualTo(Arrays.copyOf(definition.normals(key, 3, call, 75), 75));
            } else {
              definition.spikes(key, 3, call, 75, 1L << 30, expected, 0);
              kernel.spikes(key, 3, call, 75, 1L << 30, out, 0);
              assertThat(out).as("call %d", call).isEqualTo(expected);
            }
          };
        });
  }

  @Seeded(times = 1)
  void sumsOfEdges(SplittableRandom random) {
    float[][] edges = new float[3][];
    edges[0] = KernelTwins.graded(random, 1, 100);
    edges[1] = KernelTwins.graded(random, 1, 100);
    edges[2] = KernelTwins.graded(random, 1, 100);
    float[] expected = new float[100];
    EdgeSums.PLAIN.sum(3, edges, new int[3], expected, 0, 100);
    assertReplaced(
        watches -> {
          EdgeSums sums = new VectorKernels(watches).sums();
          float[] out = new float[100];
          return call -> {
            sums.sum(3, edges, new int[3], out, 0, 100);
            assertThat(out).as("call %d", call).isEqualTo(expected);
          };
        });
  }

  /** Plain kernels whose calls are counted. */
  private final class Counting implements HeapKernels {
    private final HeapKernels kernels;

    Counting(HeapKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public FrameKernel stateless(StatelessOp op) {
      FrameKernel kernel = kernels.stateless(op);
      return (frames, in, from, out, to) -> {
        plainCalls++;
        kernel.run(frames, in, from, out, to);
      };
    }

    @Override
    public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
      EncoderKernel kernel = kernels.encoder(op, batch, parameters);
      return (t, steps, values, memories) -> {
        plainCalls++;
        kernel.run(t, steps, values, memories);
      };
    }

    @Override
    public DelayedKernel delayed(DelayedSparseOp op, int batch) {
      plainCalls++;
      return kernels.delayed(op, batch);
    }

    @Override
    public NoiseKernel noise() {
      plainCalls++;
      return kernels.noise();
    }

    @Override
    public EdgeSums sums() {
      return new EdgeSums() {
        @Override
        public void two(float[] a, int i, float[] b, int j, float[] out, int to, int length) {
          plainCalls++;
          PLAIN.two(a, i, b, j, out, to, length);
        }

        @Override
        public void three(
            float[] a, int i, float[] b, int j, float[] c, int k, float[] out, int to, int n) {
          plainCalls++;
          PLAIN.three(a, i, b, j, c, k, out, to, n);
        }
      };
    }

    @Override
    public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
      throw new UnsupportedOperationException("Neurons have a test of their own");
    }
  }
}
