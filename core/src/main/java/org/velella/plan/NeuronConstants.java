package org.velella.plan;

import java.util.List;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.ParameterScope;

/**
 * The float32 constants of one population in one tile: parameters and derived values, computed in
 * float64 and rounded once, each with the scope along which it varies. Constant k of neuron f of
 * sample n is {@code values[k][index(k, n, f)]}.
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
   *     batch} or {@code batch * neurons}
   */
  public static NeuronConstants of(NeuronOp op, int batch, TileParameters tile) {
    NeuronModel model = op.operation().model();
    int size = op.shape().size();
    List<String> names = model.parameters();
    double[][] spread = new double[names.size()][];
    boolean[] perSample = new boolean[names.size()];
    boolean anySample = false;
    boolean anyNeuron = false;
    for (int p = 0; p < spread.length; p++) {
      String path = op.path() + "." + names.get(p);
      double[] own = tile.get(path);
      perSample[p] = own != null;
      spread[p] = own != null ? own : op.operation().parameter(names.get(p)).expand(op.shape());
      if (own != null && own.length != batch && own.length != batch * size) {
        throw new IllegalArgumentException(
            "Parameter %s needs %d values (one per sample) or %d (per sample and neuron), found %d"
                .formatted(path, batch, batch * size, own.length));
      }
      anySample |= own != null;
      anyNeuron |= own == null ? spread[p].length > 1 : own.length != batch;
    }
    int samples = anySample ? batch : 1;
    int neurons = anyNeuron ? size : 1;
    float[][] values = new float[model.program().constants().size()][samples * neurons];
    double[] point = new double[spread.length];
    for (int n = 0; n < samples; n++) {
      for (int f = 0; f < neurons; f++) {
        for (int p = 0; p < point.length; p++) {
          point[p] = spread[p][at(spread[p].length, perSample[p], batch, size, n, f)];
        }
        float[] constants = model.constants(point);
        for (int k = 0; k < constants.length; k++) {
          values[k][n * neurons + f] = constants[k];
        }
      }
    }
    return new NeuronConstants(values, scope(anySample, anyNeuron), size);
  }

  private static int at(int length, boolean perSample, int batch, int size, int n, int f) {
    if (perSample) {
      return length == batch ? n : n * size + f;
    }
    return length == 1 ? 0 : f;
  }

  private static ParameterScope scope(boolean anySample, boolean anyNeuron) {
    if (anySample) {
      return anyNeuron ? ParameterScope.SAMPLE_NEURON : ParameterScope.SAMPLE;
    }
    return anyNeuron ? ParameterScope.NEURON : ParameterScope.RUN;
  }

  /** The array of constant {@code k}. */
  public float[] values(int k) {
    return values[k];
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
}
