package org.velella.backend.vector;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.velella.synapse.StdpRule;

/**
 * The pair rule on {@link LearningTwins}: in vectors, synapse by synapse, and ND4J's operations on
 * the whole matrix as a user would write them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx3g"})
public class StdpBenchmark {
  private LearningTwins twins;
  private StdpRule rule;
  private INDArray[] x;
  private INDArray[] s;
  private INDArray weights;
  private INDArray tracePre;
  private INDArray tracePost;

  @Setup
  public void prove() {
    twins = new LearningTwins("stdp");
    rule = (StdpRule) twins.rule;
    Twins.oneThread();
    x = rows(twins.pre, LearningTwins.SOURCES);
    s = rows(twins.post, LearningTwins.TARGETS);
    weights =
        Nd4j.createFromArray(twins.initial.clone())
            .reshape(LearningTwins.TARGETS, LearningTwins.SOURCES);
    tracePre = Nd4j.zeros(DataType.FLOAT, 1, LearningTwins.SOURCES);
    tracePost = Nd4j.zeros(DataType.FLOAT, 1, LearningTwins.TARGETS);
    Twins.requireNear("ND4J", twins.weights(), nd4j());
  }

  private static INDArray[] rows(float[] values, int width) {
    return IntStream.range(0, LearningTwins.STEPS)
        .mapToObj(t -> Arrays.copyOfRange(values, t * width, (t + 1) * width))
        .map(row -> Nd4j.createFromArray(row).reshape(1, width))
        .toArray(INDArray[]::new);
  }

  @Benchmark
  public Object vector() {
    return twins.vector();
  }

  @Benchmark
  public Object plain() {
    return twins.plain();
  }

  @Benchmark
  public INDArray nd4j() {
    for (int t = 0; t < LearningTwins.STEPS; t++) {
      tracePre.subi(tracePre.div(rule.tauPre())).addi(x[t]);
      tracePost.subi(tracePost.div(rule.tauPost())).addi(s[t]);
      INDArray up = s[t].transpose().mmul(tracePre);
      INDArray down = tracePost.transpose().mmul(x[t]);
      weights.addi(weights.mul(up.subi(down)).muli(rule.rate()));
      INDArray above = Transforms.max(weights, -LearningTwins.BOUND, false);
      Transforms.min(above, LearningTwins.BOUND, false);
    }
    return weights;
  }
}
