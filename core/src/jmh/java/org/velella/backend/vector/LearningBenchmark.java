package org.velella.backend.vector;

import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** Rules of learning on {@link LearningTwins}: in vectors, and synapse by synapse. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class LearningBenchmark {
  @Param({"stdp", "triplet_stdp", "nearest_triplet_stdp", "mstdp", "mstdpet"})
  public String kind;

  private LearningTwins twins;

  @Setup
  public void prove() {
    twins = new LearningTwins(kind);
  }

  @Benchmark
  public Object vector() {
    return twins.vector();
  }

  @Benchmark
  public Object plain() {
    return twins.plain();
  }
}
