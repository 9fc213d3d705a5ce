package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.backend.Backend;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;

/**
 * T steps of LIF neurons (tau 2, hard reset to 0), the same work in five ways: code generated from
 * the equations with spikes as numbers and as bits, a kernel written by hand, the scalar
 * definition, and ND4J operations as a user would write them. {@code copy} is what the machine
 * needs to read and write as many numbers. Every way proves its spike count before it is timed.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class LifBenchmark {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int HAND_BLOCK = 1 << 15;

  /** With 16 steps: 1 MiB, 16 MiB and 256 MiB of input. */
  @Param({"16384", "262144", "4194304"})
  public int neurons;

  @Param({"4", "16", "128"})
  public int steps;

  /** Per cent of neurons that fire in a step. */
  @Param({"0", "1", "10", "30"})
  public int firing;

  private float[] x;
  private float[] v;
  private float[] s;
  private Engine numbers;
  private Engine bits;
  private Engine scalar;
  private INDArray[] arrays;
  private INDArray potential;
  private INDArray[] spikes;

  private enum Form {
    NUMBERS,
    BITS
  }

  /** One population on a backend. */
  private static final class Engine {
    private final Plan plan;
    private final Program program;
    private final TileRun run;
    private final Chunk chunk;

    Engine(Backend backend, float[] x, int steps, Form form) {
      Network network =
          Network.builder()
              .node("input", new InputOperation(Shape.of(x.length / steps)))
              .node("lif", lif())
              .node("output", new OutputOperation())
              .edge("input", "lif")
              .edge("lif", "output")
              .build();
      plan = Lowering.lower(network, PlanOptions.ofBatch(1));
      program = backend.compile(plan);
      run = program.open(TileParameters.NONE);
      chunk = form == Form.BITS ? Chunk.packed(plan, steps, program) : new Chunk(plan, steps);
      chunk.steps(steps);
      System.arraycopy(x, 0, chunk.value(plan.inputs().get(0)), 0, x.length);
    }

    private static NeuronOperation lif() {
      return new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of());
    }

    long spikes() {
      int id = plan.outputs().get(0);
      long count = 0;
      if (chunk.spikes(id) != null) {
        for (long word : chunk.spikes(id)) {
          count += Long.bitCount(word);
        }
        return count;
      }
      return count(chunk.value(id));
    }
  }

  private static long count(float[] spikes) {
    long count = 0;
    for (float spike : spikes) {
      count += spike != 0 ? 1 : 0;
    }
    return count;
  }

  /** Uniform over the index alone, in [0, 1). */
  private static float uniform(int i) {
    int h = i * 0x9E3779B9 + 1;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return (h >>> 8) * 0x1p-24f;
  }

  /** The definition in one plain loop; gives the number of spikes. */
  private static long plain(float[] x, int neurons, int steps, float[] v) {
    long spikes = 0;
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < neurons; i++) {
        float h = v[i] + (x[t * neurons + i] - v[i]) / 2;
        spikes += h >= 1 ? 1 : 0;
        v[i] = h >= 1 ? 0 : h;
      }
    }
    return spikes;
  }

  /** The amplitude of a uniform input that makes the wanted share of neurons fire. */
  private static float amplitude(int percent) {
    int sample = 2000;
    int sampleSteps = 100;
    float low = 0;
    float high = 16;
    for (int round = 0; round < 30; round++) {
      float middle = (low + high) / 2;
      float[] trial = new float[sample * sampleSteps];
      for (int i = 0; i < trial.length; i++) {
        trial[i] = middle * uniform(i);
      }
      long spikes = plain(trial, sample, sampleSteps, new float[sample]);
      if (spikes * 100 > (long) percent * trial.length) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  @Setup(Level.Trial)
  public void setUp() {
    float amplitude = amplitude(firing);
    x = new float[neurons * steps];
    for (int i = 0; i < x.length; i++) {
      x[i] = amplitude * uniform(i);
    }
    v = new float[neurons];
    s = new float[x.length];
    long expected = plain(x, neurons, steps, new float[neurons]);
    handWritten();
    require("handWritten", count(s), expected);
    numbers = engine(new VectorBackend(), Form.NUMBERS, expected);
    bits = engine(new VectorBackend(), Form.BITS, expected);
    scalar = engine(new ScalarBackend(), Form.NUMBERS, expected);
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    arrays = new INDArray[steps];
    spikes = new INDArray[steps];
    for (int t = 0; t < steps; t++) {
      arrays[t] = Nd4j.createFromArray(Arrays.copyOfRange(x, t * neurons, (t + 1) * neurons));
    }
    potential = Nd4j.zeros(DataType.FLOAT, neurons);
    nd4j();
    long found = 0;
    for (INDArray spike : spikes) {
      found += spike.sumNumber().longValue();
    }
    require("nd4j", found, expected);
  }

  private Engine engine(Backend backend, Form form, long expected) {
    Engine engine = new Engine(backend, x, steps, form);
    engine.run.run(engine.chunk);
    require(backend.name() + " " + form, engine.spikes(), expected);
    return engine;
  }

  private static void require(String way, long found, long expected) {
    if (found != expected) {
      throw new IllegalStateException(way + " gave " + found + " spikes instead of " + expected);
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    for (Engine engine : List.of(numbers, bits, scalar)) {
      engine.run.close();
      engine.program.close();
    }
  }

  @Benchmark
  public Object generated() {
    numbers.run.run(numbers.chunk);
    return numbers.chunk;
  }

  @Benchmark
  public Object generatedBits() {
    bits.run.run(bits.chunk);
    return bits.chunk;
  }

  @Benchmark
  public Object scalarDefinition() {
    scalar.run.run(scalar.chunk);
    return scalar.chunk;
  }

  @Benchmark
  public Object copy() {
    System.arraycopy(x, 0, s, 0, x.length);
    return s;
  }

  @Benchmark
  public Object handWritten() {
    for (int from = 0; from < neurons; from += HAND_BLOCK) {
      int end = Math.min(neurons, from + HAND_BLOCK);
      for (int t = 0; t < steps; t++) {
        handWritten(from, end, t * neurons);
      }
    }
    return s;
  }

  /** For potentials that are no NaN and a threshold above 0. */
  private void handWritten(int from, int end, int row) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    for (int i = from; i < end; i += FLOATS.length()) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector h = before.add(FloatVector.fromArray(FLOATS, x, row + i).sub(before).mul(0.5f));
      IntVector below =
          h.sub(threshold).reinterpretAsInts().lanewise(VectorOperators.ASHR, 31);
      below.not().and(one).reinterpretAsFloats().intoArray(s, row + i);
      h.reinterpretAsInts().and(below).reinterpretAsFloats().intoArray(v, i);
    }
  }

  /** How a user writes it: one operation after the other on whole arrays. */
  @Benchmark
  public Object nd4j() {
    for (int t = 0; t < steps; t++) {
      potential.addi(arrays[t].sub(potential).muli(0.5f));
      INDArray fired = potential.gte(1f).castTo(DataType.FLOAT);
      potential.muli(fired.rsub(1f));
      spikes[t] = fired;
    }
    return spikes;
  }
}
