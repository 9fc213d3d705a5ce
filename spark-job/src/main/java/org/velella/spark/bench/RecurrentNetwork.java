package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.Simulator;
import org.velella.simulate.Stimulus;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.spark.job.Examples;
import org.velella.sweep.Trial;
import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

/** Networks of W5 that run for a second of their time. */
enum RecurrentNetwork {
  IZHIKEVICH("izh1000", "izhikevich x 64", "izhikevich2003.yaml", 1000, 1),
  CUBA("cuba4000", "cuba x 64", "cuba.yaml", 4000, 0.1),
  COBA("coba4000", "coba x 64", "coba.yaml", 4000, 0.1);

  /** By how many neurons the starts of a network are shifted against those of the one before. */
  private static final int SHIFT = 37;

  private final String variant;
  private final String batch;
  private final String file;
  private final int neurons;
  private final double milliseconds;

  RecurrentNetwork(String variant, String batch, String file, int neurons, double milliseconds) {
    this.variant = variant;
    this.batch = batch;
    this.file = file;
    this.neurons = neurons;
    this.milliseconds = milliseconds;
  }

  /** The name of the one network alone. */
  String variant() {
    return variant;
  }

  /** The name of a batch of them. */
  String batch() {
    return batch;
  }

  int neurons() {
    return neurons;
  }

  /** The steps of a second. */
  int steps() {
    return (int) Math.round(1000 / milliseconds);
  }

  Network network() {
    return Examples.model(file).network();
  }

  /** White noise for Izhikevich's, which alone has inputs: each network has its own. */
  TileInput input(int width, int from, int count) {
    if (this != IZHIKEVICH) {
      return new Silence();
    }
    long[] ids = new long[count];
    Arrays.setAll(ids, n -> from + n);
    Trial trial = new Trial(0, 0, 0, new TreeMap<>(), new TreeMap<>());
    return Stimulus.parse("white:sigma=1")
        .tile(Collections.nCopies(count, trial), Samples.of(0, ids), width, milliseconds / 1000);
  }

  /**
   * Where networks of a batch start: the first as the file says, each other one with the same
   * values, shifted on by some neurons, so that wiring is shared and activity is not.
   */
  static TileState start(Simulator simulator, int from, int count) {
    TileState fresh = simulator.initial(count, TileParameters.NONE);
    List<Tensor> shifted = new ArrayList<>();
    for (int m = 0; m < fresh.memories().size(); m++) {
      Tensor memory = fresh.memories().get(m);
      boolean own = !fresh.shared().get(m) && memory.dtype() == DType.FLOAT32;
      shifted.add(own ? shifted(memory, from) : memory);
    }
    return fresh.with(shifted);
  }

  private static Tensor shifted(Tensor memory, int from) {
    Tensor copy = memory.copy();
    int count = copy.shape().dim(0);
    int size = copy.size() / count;
    for (int n = 0; n < count; n++) {
      for (int i = 0; i < size; i++) {
        copy.floats()[n * size + i] = memory.floats()[n * size + (i + (from + n) * SHIFT) % size];
      }
    }
    return copy;
  }

  /** Zeros, the same at every step. */
  static final class Silence implements TileInput {
    @Override
    public void fill(long firstStep, int steps, float[] target) {
      Arrays.fill(target, 0);
    }

    @Override
    public boolean held() {
      return true;
    }
  }
}
