package org.velella.backend.vector;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * Runs generated code where it is compiled and keeps its pace, else the interpreter; which of them
 * ran shows in nothing but time. Each is made when it is first needed.
 */
final class GuardedNeurons implements NeuronKernel {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedNeurons.class);

  /** What beginning a step of a small population takes, in vector operations. */
  private static final double PER_STEP = 200;

  /** Fewer neurons run on cold code rather than being handed to and fro. */
  private static final long FEWEST = 1100;

  private final Watches watches;
  private final Lazy<NeuronKernel> interpreter;
  private final Lazy<VectorNeurons> stepping;
  private final Lazy<CountingNeurons> counting;
  private final boolean packs;
  private final long neurons;
  private final CallTimer timer;
  private final Map<Form, KernelPace> paces = new EnumMap<>(Form.class);

  /** Null before the first step: until then the memories are where the tile has them. */
  private NeuronKernel current;

  private boolean givenUp;

  /** The form that was asked for last and is not usable, so no other is tried in its place. */
  private Form cold;

  private boolean soughtNumbers;

  private Tensor[] tile;

  /** A guard of one tile's population. */
  GuardedNeurons(NeuronOp op, int batch, TileParameters parameters, Watches watches) {
    this.watches = watches;
    interpreter = new Lazy<>(() -> watches.plain().neurons(op, batch, parameters));
    stepping = new Lazy<>(() -> new VectorNeurons(op, batch, parameters));
    counting = new Lazy<>(() -> new CountingNeurons(op, batch, parameters));
    timer = watches.timer();
    packs = VectorNeurons.packs(op);
    neurons = (long) batch * op.shape().size();
  }

  /** The code that steps, for tests. */
  VectorNeurons stepping() {
    return stepping.get();
  }

  @Override
  public void load(Tensor[] tile) {
    this.tile = tile;
    cold = null;
    soughtNumbers = false;
    if (current != null) {
      current.load(tile);
    }
  }

  @Override
  public void store(Tensor[] tile) {
    if (current != null) {
      current.store(tile);
    }
  }

  /**
   * While bits are wanted but their code is not usable, the interpreter gives numbers, or code for
   * numbers that is compiled already. That is not tried: it is the same but for its end, so it
   * would not be compiled either.
   */
  @Override
  public boolean writesSpikes() {
    boolean usable = packs && usable(Form.BITS);
    cold = packs && !usable ? Form.BITS : null;
    return usable;
  }

  /**
   * Code that is likely to be compiled soon needs all tries: until then the interpreter gives
   * numbers, or code for them that is compiled already. Where code that counts is slow, or seems
   * never to be compiled, that for numbers is tried in its place.
   */
  @Override
  public boolean countsSpikes() {
    boolean usable = usable(Form.COUNTS);
    boolean soon = !usable && !givenUp && !pace(Form.COUNTS).slow() && probe(Form.COUNTS).eager();
    cold = soon ? Form.COUNTS : null;
    return usable;
  }

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    Form form = form(buffers);
    boolean vector =
        form != Form.FLOATS || (cold == null ? usable(Form.FLOATS) : numbersAreCompiled());
    take(vector ? code(form) : interpreter.get());
    if (!vector) {
      current.run(steps, buffers);
      return;
    }
    long begun = timer.begin();
    current.run(steps, buffers);
    NeuronClasses.Kernel kernel = kernel(form);
    double updates = steps * (double) neurons;
    double operations = steps * PER_STEP + updates * kernel.operations();
    timer.end(begun, pace(form), operations, updates * kernel.bytes());
  }

  private static Form form(NeuronBuffers buffers) {
    if (buffers.totals() != null) {
      return Form.COUNTS;
    }
    return buffers.spikes() == null ? Form.FLOATS : Form.BITS;
  }

  private NeuronKernel code(Form form) {
    return form == Form.COUNTS ? counting.get() : stepping.get();
  }

  private NeuronClasses.Kernel kernel(Form form) {
    return form == Form.COUNTS ? counting.get().kernel() : stepping.get().kernel(form);
  }

  private NeuronProbe probe(Form form) {
    return watches.probe(kernel(form));
  }

  /** The pace of a form whose code is ready. */
  private KernelPace pace(Form form) {
    KernelPace pace = paces.get(form);
    if (pace == null) {
      pace = watches.pace(kernel(form));
      paces.put(form, pace);
    }
    return pace;
  }

  private void take(NeuronKernel kernel) {
    if (current != kernel) {
      store(tile);
      kernel.load(tile);
      current = kernel;
    }
  }

  private boolean usable(Form form) {
    if (givenUp) {
      return false;
    }
    try {
      if (form != Form.COUNTS) {
        stepping.get().prepare(form);
      }
      return !pace(form).slow() && (neurons < FEWEST || probe(form).warm(ProbeTurns.here()));
    } catch (IllegalStateException e) {
      LOG.warn("{}; the interpreter runs it, with the same results", e.getMessage());
      givenUp = true;
      return false;
    }
  }

  /** Whether code for numbers can replace other code without being tried. */
  private boolean numbersAreCompiled() {
    if (givenUp || pace(cold).slow()) {
      return false;
    }
    if (!soughtNumbers) {
      soughtNumbers = true;
      stepping.get().prepareKnown(Form.FLOATS);
    }
    return kernel(Form.FLOATS) != null && !pace(Form.FLOATS).slow() && probe(Form.FLOATS).warm();
  }

  /** A value that is made when it is first asked for. */
  private static final class Lazy<T> {
    private final Supplier<T> maker;
    private T value;

    Lazy(Supplier<T> maker) {
      this.maker = maker;
    }

    T get() {
      value = value == null ? maker.get() : value;
      return value;
    }
  }
}
