package org.velella.simulate;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.velella.backend.NoiseKernel;
import org.velella.backend.PlainNoise;

/**
 * The computed input of samples, of which tiles take some at a time. Used by one thread. Whoever
 * asks the same one for step after step is spared what a stimulus that goes on from step to step
 * has done before, however the samples are cut into tiles, and also if a run begins once more where
 * the last one has begun; who goes further back has all steps done again.
 */
public final class ComputedInput {
  private final Stimulus.Kind kind;
  private final IntFunction<SampleStimulus> maker;

  /** Of a kind that goes on from step to step, as far as they have been asked for. */
  private final SampleStimulus[] kept;

  /**
   * The input of some samples.
   *
   * @param maker makes the stimulus of each
   */
  ComputedInput(Stimulus.Kind kind, int samples, IntFunction<SampleStimulus> maker) {
    this.kind = kind;
    this.maker = maker;
    kept = new SampleStimulus[kind == Stimulus.Kind.OU ? samples : 0];
  }

  /**
   * The input of a tile.
   *
   * @param samples by their numbers among all
   * @throws org.velella.module.UnfitInputException if one is constant and not finite; others throw
   *     it when they are asked for a step at which they are not
   */
  public TileInput tile(int[] samples) {
    return new Tile(Arrays.stream(samples).mapToObj(this::stimulus).toArray(SampleStimulus[]::new));
  }

  private SampleStimulus stimulus(int sample) {
    if (kept.length == 0) {
      return maker.apply(sample);
    }
    if (kept[sample] == null) {
      kept[sample] = maker.apply(sample);
    }
    return kept[sample];
  }

  private final class Tile implements TileInput {
    private final SampleStimulus[] stimuli;
    private NoiseKernel noise = new PlainNoise();

    Tile(SampleStimulus[] stimuli) {
      this.stimuli = stimuli;
    }

    @Override
    public void begin(long firstStep, Supplier<NoiseKernel> by) {
      if (kind.draws()) {
        noise = by.get();
      }
      for (SampleStimulus stimulus : stimuli) {
        stimulus.begin(firstStep, noise);
      }
    }

    @Override
    public void fill(long firstStep, int steps, float[] target) {
      for (int n = 0; n < stimuli.length; n++) {
        SampleStimulus stimulus = stimuli[n];
        for (int t = 0; t < steps; t++) {
          int at = (t * stimuli.length + n) * stimulus.width();
          stimulus.fill(firstStep + t, noise, target, at);
        }
      }
    }

    @Override
    public boolean held() {
      return kind == Stimulus.Kind.CONSTANT;
    }
  }
}
