package org.velella.backend.vector;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.tensor.Tensor;

/**
 * Runs generated code as long as its pace is right, then the interpreter; the change shows in
 * nothing but time.
 */
final class GuardedNeurons implements NeuronKernel {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedNeurons.class);

  /** Runs shorter than that say more about the clock than about the kernel. */
  private static final long SHORTEST = 1 << 15;

  private final NeuronKernel fallback;
  private final VectorNeurons code;
  private final long neurons;
  private NeuronKernel current;
  private Tensor[] tile;

  /**
   * A guard of one tile's population.
   *
   * @param neurons in the whole tile
   */
  GuardedNeurons(VectorNeurons code, NeuronKernel fallback, long neurons) {
    this.code = code;
    this.fallback = fallback;
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

  @Override
  public boolean writesSpikes() {
    return code.writesSpikes() && usable(Form.BITS);
  }

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    Form form = buffers.spikes() == null ? Form.FLOATS : Form.BITS;
    long updates = steps * neurons;
    if (!usable(form) || updates < SHORTEST) {
      current.run(steps, buffers);
      return;
    }
    long start = System.nanoTime();
    current.run(steps, buffers);
    code.pace(form).ran(updates, System.nanoTime() - start);
  }

  /** Whether the generated code can be used; if not, the interpreter goes on from here. */
  private boolean usable(Form form) {
    if (current == fallback) {
      return false;
    }
    try {
      code.prepare(form);
      if (!code.pace(form).slow()) {
        return true;
      }
    } catch (IllegalStateException e) {
      LOG.warn("{}; the interpreter runs it, with the same results", e.getMessage());
    }
    code.store(tile);
    fallback.load(tile);
    current = fallback;
    return false;
  }
}
