package org.velella.backend.vector;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/**
 * 16 steps of 4096 neurons of several models: code generated from the equations, a kernel written
 * by hand for them, the scalar definition, and ND4J operations as a user would write them. Spikes
 * and memories are compared bit for bit before anything is timed; ND4J's exponential differs in its
 * last bits, so of its spikes one in a thousand may.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class NeuronBenchmark {
  private static final int NEURONS = 4096;
  private static final int STEPS = 16;

  @Param({"IF", "LIF", "QIF", "EIF", "IZHIKEVICH"})
  public WrittenNeurons model;

  private final float[] x = new float[NEURONS * STEPS];
  private final float[] v = new float[NEURONS];
  private final float[] w = new float[NEURONS];
  private final float[] s = new float[NEURONS * STEPS];
  private final INDArray[] arrays = new INDArray[STEPS];
  private final INDArray[] spikes = new INDArray[STEPS];
  private INDArray potential;
  private INDArray adaptation;
  private Population generated;
  private Population scalar;

  @Setup
  public void prove() {
    float drive = drive();
    for (int i = 0; i < x.length; i++) {
      x[i] = drive * SynapseTwins.uniform(i, 1);
    }
    generated = population(new VectorBackend());
    scalar = population(new ScalarBackend());
    generated.run();
    scalar.run();
    Arrays.fill(v, model.start());
    handWritten();
    Twins.requireBits("generated", scalar.output(), generated.output());
    Twins.requireBits("by hand", scalar.output(), s);
    Twins.requireBits("generated v", scalar.memory(0), generated.memory(0));
    Twins.requireBits("v by hand", scalar.memory(0), v);
    if (model == WrittenNeurons.IZHIKEVICH) {
      Twins.requireBits("generated w", scalar.memory(1), generated.memory(1));
      Twins.requireBits("w by hand", scalar.memory(1), w);
    }
    Arrays.fill(v, model.start());
    Arrays.fill(w, 0);
    handWrittenBlended();
    Twins.requireBits("by hand with masks", scalar.output(), s);
    Twins.requireBits("v by hand with masks", scalar.memory(0), v);
    proveNd4j(Population.count(s));
  }

  private void proveNd4j(long expected) {
    Twins.oneThread();
    for (int t = 0; t < STEPS; t++) {
      arrays[t] = Nd4j.createFromArray(Arrays.copyOfRange(x, t * NEURONS, (t + 1) * NEURONS));
    }
    potential = Nd4j.valueArrayOf(new long[] {NEURONS}, model.start(), DataType.FLOAT);
    adaptation = Nd4j.zeros(DataType.FLOAT, NEURONS);
    nd4j();
    long found = 0;
    for (INDArray spike : spikes) {
      found += spike.sumNumber().longValue();
    }
    if (expected == 0 || Math.abs(found - expected) > expected / 1000) {
      throw new IllegalStateException("ND4J gave " + found + " spikes instead of " + expected);
    }
  }

  private Population population(Backend backend) {
    return new Population(backend, model.operation(), x, STEPS, Population.Form.NUMBERS);
  }

  /** Inputs up to this make some hundredths to a fifth of the neurons fire in a step. */
  private float drive() {
    return switch (model) {
      case IF -> 0.2f;
      case LIF -> 1.5f;
      case QIF -> 0.8f;
      case EIF -> 0.3f;
      case IZHIKEVICH -> 1.2f;
    };
  }

  @TearDown
  public void close() {
    generated.close();
    scalar.close();
  }

  @Benchmark
  public Object generated() {
    return generated.run();
  }

  @Benchmark
  public float[] handWritten() {
    model.run(STEPS, x, v, w, s);
    return s;
  }

  /** With a comparison and blends. */
  @Benchmark
  public float[] handWrittenBlended() {
    model.runBlended(STEPS, x, v, w, s);
    return s;
  }

  @Benchmark
  public Object scalarDefinition() {
    return scalar.run();
  }

  /** One operation after the other on whole arrays. */
  @Benchmark
  public Object nd4j() {
    for (int t = 0; t < STEPS; t++) {
      potential.addi(change(arrays[t]));
      INDArray fired = potential.gte(1f).castTo(DataType.FLOAT);
      if (model == WrittenNeurons.IZHIKEVICH) {
        INDArray toward = potential.add(0.1f).muli(0.1f).subi(adaptation).divi(8f);
        adaptation.addi(toward).addi(fired.mul(0.2f));
      }
      potential.muli(fired.rsub(1f)).addi(fired.mul(model.start()));
      spikes[t] = fired;
    }
    return spikes;
  }

  private INDArray change(INDArray input) {
    return switch (model) {
      case IF -> input;
      case LIF -> input.sub(potential).divi(2f);
      case QIF -> potential.mul(potential.sub(0.8f)).addi(input).divi(2f);
      case EIF -> input.sub(potential).addi(Transforms.exp(potential.sub(0.8f))).divi(2f);
      case IZHIKEVICH ->
          potential.add(0.1f).muli(potential.sub(0.8f)).addi(input).subi(adaptation).divi(2f);
    };
  }
}
