package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import org.velella.backend.EncoderKernel;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.backend.scalar.ScalarPoissonCount;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.PoissonCountOperation;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The encoders on the Vector API: those that draw; the others only copy and compare. */
public final class VectorEncoders {
  private static final int CALLS = 2000;
  private static final long NANOS = 150_000_000L;

  private static boolean primed;

  private VectorEncoders() {}

  /** The kernel of an encoder in one tile. */
  public static EncoderKernel kernel(EncoderOp op, int batch, TileParameters parameters) {
    if (op.operation() instanceof BernoulliOperation operation) {
      prime();
      return new VectorBernoulli(op, operation, batch, parameters.samples());
    }
    if (op.operation() instanceof PoissonCountOperation) {
      prime();
      return poisson(op, batch, parameters.samples());
    }
    return new ScalarKernels().encoder(op, batch, parameters);
  }

  /** The definition, but for where words come from, and frames of one mean. */
  private static EncoderKernel poisson(EncoderOp op, int batch, Samples samples) {
    samples.requireCount(batch);
    VectorRandom[] random = new VectorRandom[batch];
    for (int n = 0; n < batch; n++) {
      random[n] = new VectorRandom(CounterRandom.key(samples.seed(n), op.path()));
    }
    return new ScalarPoissonCount(
        op,
        batch,
        VectorRandom.BLOCKS,
        (n, step, to) -> {
          int blocks = to.length / CounterRandom.BLOCK_WORDS;
          random[n].words(samples.id(n), step, 0, blocks, to, 0);
        },
        new VectorPoisson());
  }

  /**
   * Runs small encoders until the JIT has compiled them, once per JVM and for a limited time; cold,
   * each vector would be an object.
   */
  private static synchronized void prime() {
    if (primed) {
      return;
    }
    primed = true;
    int size = 4 * CounterRandom.BLOCK_WORDS + 1;
    float[][] values = {new float[size], new float[size]};
    Arrays.fill(values[0], 0.1f);
    Tensor[] memories = {Tensor.of(Shape.SCALAR, new long[1])};
    EncoderKernel dense = small(BernoulliOperation.dense(), size);
    EncoderKernel skip = small(BernoulliOperation.skip(0.2f), size);
    EncoderOp counts = new EncoderOp("", "", new PoissonCountOperation(), 0, 1, size, List.of(0));
    EncoderKernel count = poisson(counts, 1, Samples.numbered());
    long end = System.nanoTime() + NANOS;
    for (int call = 0; call < CALLS && System.nanoTime() < end; call++) {
      dense.run(0, 1, values, memories);
      skip.run(0, 1, values, memories);
      count.run(0, 1, values, memories);
    }
  }

  private static EncoderKernel small(BernoulliOperation operation, int size) {
    EncoderOp op = new EncoderOp("", "", operation, 0, 1, size, List.of(0));
    return new VectorBernoulli(op, operation, 1, Samples.numbered());
  }
}
