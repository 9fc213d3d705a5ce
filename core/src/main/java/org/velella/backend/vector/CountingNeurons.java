package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronBuffers.Source;
import org.velella.backend.NeuronKernel;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.StepProgram;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * One population in one tile of which only the number of spikes is wanted: generated code takes a
 * few vectors of neurons at a time through all steps of a call, so memories and constants are
 * loaded once. All neurons of the tile lie side by side, whatever their parameters' scope.
 */
final class CountingNeurons implements NeuronKernel {
  private static final int LANES = VectorUnit.here().lanes();

  private final int[] memoryIds;
  private final int width;
  private final int group;
  private final float[][] memories;
  private final int[] counts;
  private final int[] waits;
  private final CountCode code;
  private final NeuronClasses.Kernel kernel;
  private final float[][] tails;

  /**
   * The population of a tile.
   *
   * @throws IllegalStateException if its code cannot be compiled
   */
  CountingNeurons(NeuronOp op, int batch, TileParameters parameters) {
    VectorConstants constants = VectorConstants.joined(op, batch, parameters);
    StepProgram program = op.operation().model().program();
    NeuronVariant variant =
        NeuronVariant.of(
            program, List.of(), constants.perNeuron(), constants.reciprocal(), Form.COUNTS);
    memoryIds = op.memories().stream().mapToInt(Integer::intValue).toArray();
    width = constants.width();
    kernel = NeuronClasses.of(variant, program.name());
    group = kernel.type().vectors() * LANES;
    // The places of a last, unfilled group are computed and dropped.
    int places = (width + group - 1) / group * group;
    memories = new float[memoryIds.length][places];
    tails = new float[variant.inputs()][0];
    counts = new int[places];
    waits = new int[places];
    float[][] values = constants.values().clone();
    constants.perNeuron().stream()
        .filter(k -> values[k].length < places)
        .forEach(k -> values[k] = Arrays.copyOf(values[k], places));
    code = (CountCode) kernel.type().instance(values, memories);
  }

  /** Whether spikes of a population can be counted so: they are 0 or 1, and a step is short. */
  static boolean counts(NeuronOp op) {
    StepProgram program = op.operation().model().program();
    return VectorNeurons.packs(op) && CountSource.fits(NeuronVariant.plain(program, Form.COUNTS));
  }

  /** The code. */
  NeuronClasses.Kernel kernel() {
    return kernel;
  }

  @Override
  public void load(Tensor[] tile) {
    for (int m = 0; m < memories.length; m++) {
      System.arraycopy(tile[memoryIds[m]].floats(), 0, memories[m], 0, width);
    }
  }

  @Override
  public void store(Tensor[] tile) {
    for (int m = 0; m < memories.length; m++) {
      System.arraycopy(memories[m], 0, tile[memoryIds[m]].floats(), 0, width);
    }
  }

  @Override
  public boolean countsSpikes() {
    return true;
  }

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    int whole = width / group * group;
    count(steps, buffers.inputs(), whole, 0);
    if (whole < width) {
      List<Source> rests = new ArrayList<>();
      for (int k = 0; k < tails.length; k++) {
        rests.add(rest(k, buffers.inputs().get(k), steps, whole));
      }
      count(steps, rests, group, whole);
    }
    buffers.totals().add(buffers.step(), steps, counts, waits);
  }

  private void count(int steps, List<Source> inputs, int n, int memory) {
    for (int k = 1; k < inputs.size(); k++) {
      Source other = inputs.get(k);
      code.other(k - 1, other.in(), other.offset(), other.stride());
    }
    Source x = inputs.get(0);
    code.count(n, steps, x.in(), x.offset(), x.stride(), 0, memory, counts, waits);
  }

  /** A copy of an input's last, unfilled group, with room for a whole one. */
  private Source rest(int number, Source input, int steps, int whole) {
    int frames = input.stride() == 0 ? 1 : steps;
    if (tails[number].length < frames * group) {
      tails[number] = new float[frames * group];
    }
    for (int t = 0; t < frames; t++) {
      int from = input.offset() + t * input.stride() + whole;
      System.arraycopy(input.in(), from, tails[number], t * group, width - whole);
    }
    return new Source(tails[number], 0, input.stride() == 0 ? 0 : group);
  }
}
