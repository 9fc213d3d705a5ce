package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.velella.backend.scalar.ScalarBackend;
import org.velella.neuron.NeuronOperation;

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
  private Population numbers;
  private Population bits;
  private Population scalar;
  private INDArray[] arrays;
  private INDArray potential;
  private INDArray[] spikes;

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
        trial[i] = middle * SynapseTwins.uniform(i, 1);
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
      x[i] = amplitude * SynapseTwins.uniform(i, 1);
    }
    v = new float[neurons];
    s = new float[x.length];
    long expected = plain(x, neurons, steps, new float[neurons]);
    handWritten();
    require("handWritten", Population.count(s), expected);
    numbers = population(new VectorBackend(), Population.Form.NUMBERS, expected);
    bits = population(new VectorBackend(), Population.Form.BITS, expected);
    scalar = population(new ScalarBackend(), Population.Form.NUMBERS, expected);
    Twins.oneThread();
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

  private Population population(Backend backend, Population.Form form, long expected) {
    NeuronOperation lif = WrittenNeurons.LIF.operation();
    Population population = new Population(backend, lif, x, steps, form);
    population.run();
    require(backend.name() + " " + form, population.spikes(), expected);
    return population;
  }

  private static void require(String way, long found, long expected) {
    if (found != expected) {
      throw new IllegalStateException(way + " gave " + found + " spikes instead of " + expected);
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    for (Population population : List.of(numbers, bits, scalar)) {
      population.close();
    }
  }

  @Benchmark
  public Object generated() {
    return numbers.run();
  }

  @Benchmark
  public Object generatedBits() {
    return bits.run();
  }

  @Benchmark
  public Object scalarDefinition() {
    return scalar.run();
  }

  @Benchmark
  public Object copy() {
    System.arraycopy(x, 0, s, 0, x.length);
    return s;
  }

  @Benchmark
  public Object handWritten() {
    WrittenNeurons.LIF.run(steps, x, v, null, s);
    return s;
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
