package org.velella.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.ParameterScope;
import org.velella.tensor.Tensor;

/**
 * The float32 constants of one population in one tile: parameters and derived values, computed in
 * float64 and rounded once, each with the scope along which it varies. The values of sample n's
 * neurons begin at {@code offset(n)} and are {@code stride()} apart.
 */
public final class NeuronConstants {
  private final float[][] values;
  private final ParameterScope scope;
  private final int size;

  private NeuronConstants(float[][] values, ParameterScope scope, int size) {
    this.values = values;
    this.scope = scope;
    this.size = size;
  }

  /**
   * The constants of {@code op} for a tile of {@code batch} samples.
   *
   * @throws IllegalArgumentException if a per-sample parameter has another length than {@code
   *     batch} or {@code batch * neurons}, or a value that the model does not allow
   */
  public static NeuronConstants of(NeuronOp op, int batch, TileParameters tile) {
    Grid grid = new Grid(op, batch, tile, op.operation().model().stepParameters());
    int count = op.operation().model().program().constants().size();
    float[][] values = grid.evaluate(count, op.operation().model()::constants);
    return new NeuronConstants(values, grid.scope(), op.shape().size());
  }

  /**
   * Writes the initial values of the op's memories {@code [N, *]} if they follow a parameter that
   * differs between the samples; otherwise leaves them as they are.
   */
  static void initialMemories(NeuronOp op, int batch, TileParameters tile, List<Tensor> memories) {
    NeuronModel model = op.operation().model();
    Grid grid = new Grid(op, batch, tile, model.initialParameters());
    if (!grid.anySample) {
      return;
    }
    int size = op.shape().size();
    float[][] values = grid.evaluate(op.memories().size(), model::initialMemories);
    for (int m = 0; m < values.length; m++) {
      float[] memory = memories.get(op.memories().get(m)).floats();
      for (int i = 0; i < memory.length; i++) {
        memory[i] = values[m][grid.anyNeuron ? i : i / size];
      }
    }
  }

  /** The array of constant {@code k}. */
  public float[] values(int k) {
    return values[k];
  }

  /** All constants, in the order of the program. */
  public float[][] values() {
    return values;
  }

  public ParameterScope scope() {
    return scope;
  }

  /** Where the values of sample {@code n} begin. */
  public int offset(int n) {
    return switch (scope) {
      case RUN, NEURON -> 0;
      case SAMPLE -> n;
      case SAMPLE_NEURON -> n * size;
    };
  }

  /** 1 if neighbouring neurons have their own values, 0 if they share one. */
  public int stride() {
    return scope == ParameterScope.NEURON || scope == ParameterScope.SAMPLE_NEURON ? 1 : 0;
  }

  /** The parameter values of every sample and neuron that has its own. */
  private static final class Grid {
    private final NeuronModel model;
    private final int batch;
    private final int size;
    private final double[][] given;
    private final boolean[] perSample;
    private boolean anySample;
    private boolean anyNeuron;

    /**
     * @param read the parameters that count; of others any value does, and they make no scope wider
     */
    Grid(NeuronOp op, int batch, TileParameters tile, Set<String> read) {
      model = op.operation().model();
      this.batch = batch;
      size = op.shape().size();
      List<String> names = model.parameters();
      given = new double[names.size()][];
      perSample = new boolean[names.size()];
      for (int p = 0; p < given.length; p++) {
        String path = op.path() + "." + names.get(p);
        double[] own = tile.get(path);
        if (own != null && own.length != batch && own.length != batch * size) {
          throw new IllegalArgumentException(
              "Parameter %s needs %d values (one per sample) or %d (per sample and neuron), found %d"
                  .formatted(path, batch, batch * size, own.length));
        }
        double[] values =
            own != null ? own : op.operation().parameter(names.get(p)).expand(op.shape());
        if (!read.contains(names.get(p)) && values.length > 0) {
          given[p] = new double[] {values[0]};
          continue;
        }
        perSample[p] = own != null;
        given[p] = own != null ? own : collapsed(values);
        anySample |= own != null;
        anyNeuron |= own == null ? given[p].length > 1 : own.length != batch;
      }
    }

    /** One value if all are the same, as files that name one for every neuron often have it. */
    private static double[] collapsed(double[] values) {
      for (double value : values) {
        if (Double.doubleToRawLongBits(value) != Double.doubleToRawLongBits(values[0])) {
          return values;
        }
      }
      return values.length == 0 ? values : new double[] {values[0]};
    }

    float[][] evaluate(int count, Function<double[], float[]> function) {
      int samples = anySample ? batch : 1;
      int neurons = anyNeuron ? size : 1;
      float[][] results = new float[count][samples * neurons];
      double[] point = new double[given.length];
      double[] before = new double[given.length];
      float[] result = null;
      for (int n = 0; n < samples; n++) {
        for (int f = 0; f < neurons; f++) {
          for (int p = 0; p < point.length; p++) {
            point[p] = given[p][index(p, n, f)];
          }
          // Samples of one trial, and neurons of one population, mostly have the same values.
          if (result == null || !Arrays.equals(point, before)) {
            result = function.apply(point);
            System.arraycopy(point, 0, before, 0, point.length);
          }
          for (int k = 0; k < count; k++) {
            results[k][n * neurons + f] = result[k];
          }
        }
      }
      return results;
    }

    private int index(int p, int n, int f) {
      int length = given[p].length;
      if (perSample[p]) {
        return length == batch ? n : n * size + f;
      }
      return length == 1 ? 0 : f;
    }

    ParameterScope scope() {
      if (anySample) {
        return anyNeuron ? ParameterScope.SAMPLE_NEURON : ParameterScope.SAMPLE;
      }
      return anyNeuron ? ParameterScope.NEURON : ParameterScope.RUN;
    }
  }
}
