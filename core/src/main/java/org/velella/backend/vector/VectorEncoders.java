package org.velella.backend.vector;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.velella.backend.EncoderKernel;
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

  /** What a Poisson number takes, in vector operations, where it is searched for by itself. */
  private static final double PER_COUNT = 20;

  private static boolean primed;

  private VectorEncoders() {}

  /** The kernel of an encoder in one tile. */
  public static EncoderKernel kernel(EncoderOp op, int batch, TileParameters parameters) {
    return kernel(op, batch, parameters, Watches.HERE);
  }

  /** The same under watches of one's own. */
  static EncoderKernel kernel(EncoderOp op, int batch, TileParameters parameters, Watches watches) {
    Supplier<EncoderKernel> plain = () -> watches.plain().encoder(op, batch, parameters);
    EncoderKernel kernel;
    KernelForm form;
    double work;
    if (op.operation() instanceof BernoulliOperation operation) {
      Priming.encoders();
      VectorBernoulli bernoulli = new VectorBernoulli(op, operation, batch, parameters.samples());
      kernel = bernoulli;
      form = KernelForm.BERNOULLI;
      work = bernoulli.operations();
    } else if (op.operation() instanceof PoissonCountOperation) {
      Priming.encoders();
      kernel = poisson(op, batch, parameters.samples());
      form = KernelForm.POISSON;
      work = VectorRandom.operations(op.size()) + PER_COUNT * op.size();
    } else {
      return plain.get();
    }
    KernelPace pace = watches.pace(form);
    return new GuardedEncoder(op, batch, kernel, plain, pace, watches.timer(), work);
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
        (n, step, firstBlock, to) -> {
          int blocks = to.length / CounterRandom.BLOCK_WORDS;
          random[n].words(samples.id(n), step, firstBlock, blocks, to, 0);
        },
        new VectorPoisson());
  }

  /**
   * Runs small encoders until the JIT has compiled them, once per JVM and for at most so long;
   * cold, each vector would be an object.
   */
  static synchronized void prime(long nanos) {
    if (primed) {
      return;
    }
    primed = true;
    long end = System.nanoTime() + nanos;
    int size = 4 * CounterRandom.BLOCK_WORDS + 1;
    float[][] values = {new float[size], new float[size]};
    Arrays.fill(values[0], 0.1f);
    Tensor[] memories = {Tensor.of(Shape.SCALAR, new long[1])};
    EncoderKernel dense = small(BernoulliOperation.dense(), size);
    EncoderKernel skip = small(BernoulliOperation.skip(0.2f), size);
    EncoderOp counts = new EncoderOp("", "", new PoissonCountOperation(), 0, 1, size, List.of(0));
    EncoderKernel count = poisson(counts, 1, Samples.numbered());
    PrimingBudget.repeat(
        System::nanoTime,
        end,
        CALLS,
        call -> {
          dense.run(0, 1, values, memories);
          skip.run(0, 1, values, memories);
          count.run(0, 1, values, memories);
        });
  }

  private static EncoderKernel small(BernoulliOperation operation, int size) {
    EncoderOp op = new EncoderOp("", "", operation, 0, 1, size, List.of(0));
    return new VectorBernoulli(op, operation, 1, Samples.numbered());
  }
}
