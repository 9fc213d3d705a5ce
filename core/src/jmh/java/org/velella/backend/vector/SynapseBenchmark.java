package org.velella.backend.vector;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One op by the vector and the scalar kernel, from every form of input. */
@State(Scope.Thread)
public abstract class SynapseBenchmark {
  SynapseTwins twins;

  @Benchmark
  public float[] vectorDense() {
    return twins.run(twins.vector, twins.dense);
  }

  @Benchmark
  public float[] vectorSpikes() {
    return twins.run(twins.vector, twins.spikes);
  }

  @Benchmark
  public float[] vectorBits() {
    return twins.runBits();
  }

  @Benchmark
  public float[] scalarDense() {
    return twins.run(twins.scalar, twins.dense);
  }

  @Benchmark
  public float[] scalarSpikes() {
    return twins.run(twins.scalar, twins.spikes);
  }
}
