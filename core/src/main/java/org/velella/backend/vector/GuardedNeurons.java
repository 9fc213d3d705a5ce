package org.velella.backend.vector;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.tensor.Tensor;

/**
 * Runs generated code where it is compiled and keeps its pace, else the interpreter; which of them
 * ran shows in nothing but time.
 */
final class GuardedNeurons implements NeuronKernel {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedNeurons.class);

  /** Runs shorter than that say more about the clock than about the kernel. */
  private static final long SHORTEST = 1 << 15;

  /** Fewer neurons run on cold code rather than being handed to and fro. */
  private static final long FEWEST = 1100;

  private final NeuronKernel interpreter;
  private final VectorNeurons code;
  private final long neurons;
  private NeuronKernel current;
  private boolean givenUp;
  private boolean cold;
  private Tensor[] tile;

  /**
   * A guard of one tile's population.
   *
   * @param neurons in the whole tile
   */
  GuardedNeurons(VectorNeurons code, NeuronKernel interpreter, long neurons) {
    this.code = code;
    this.interpreter = interpreter;
    this.neurons = neurons;
    current = code;
  }

  @Override
  public void load(Tensor[] tile) {
    this.tile = tile;
    current.load(tile);
  }

  @Override
  public void store(Tensor[] tile) {
    current.store(tile);
  }

  /** While bits are wanted but their code is not usable, the interpreter gives numbers. */
  @Override
  public boolean writesSpikes() {
    cold = code.writesSpikes() && !usable(Form.BITS);
    return code.writesSpikes() && !cold;
  }

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    Form form = buffers.spikes() == null ? Form.FLOATS : Form.BITS;
    boolean vector = form == Form.BITS || !cold && usable(Form.FLOATS);
    cold = false;
    take(vector ? code : interpreter);
    long updates = steps * neurons;
    if (!vector || updates < SHORTEST) {
      current.run(steps, buffers);
      return;
    }
    long start = System.nanoTime();
    current.run(steps, buffers);
    code.pace(form).ran(updates, System.nanoTime() - start);
  }

  private void take(NeuronKernel kernel) {
    if (current != kernel) {
      current.store(tile);
      kernel.load(tile);
      current = kernel;
    }
  }

  private boolean usable(Form form) {
    if (givenUp) {
      return false;
    }
    try {
      code.prepare(form);
    } catch (IllegalStateException e) {
      LOG.warn("{}; the interpreter runs it, with the same results", e.getMessage());
      givenUp = true;
      return false;
    }
    return !code.pace(form).slow() && (neurons < FEWEST || code.warm(form));
  }
}
