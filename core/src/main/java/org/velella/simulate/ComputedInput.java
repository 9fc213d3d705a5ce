package org.velella.simulate;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.velella.backend.Backend;
import org.velella.backend.NoiseKernel;
import org.velella.backend.PlainNoise;

/** The input of a tile whose samples have stimuli. */
final class ComputedInput implements TileInput {
  private final Function<Supplier<NoiseKernel>, List<SampleStimulus>> maker;
  private final boolean held;
  private final boolean goesOn;
  private final Map<Backend, TileInput> inputs = new IdentityHashMap<>();
  private List<SampleStimulus> stimuli;

  /**
   * Input that is drawn as random numbers are defined, until a backend is named.
   *
   * @param maker makes the stimuli of all samples by means of random numbers of one kind
   * @param held whether it is the same at every step
   * @param goesOn whether a step is made from the one before
   */
  ComputedInput(
      Function<Supplier<NoiseKernel>, List<SampleStimulus>> maker, boolean held, boolean goesOn) {
    this.maker = maker;
    this.held = held;
    this.goesOn = goesOn;
  }

  @Override
  public void fill(long firstStep, int steps, float[] target) {
    if (stimuli == null) {
      stimuli = maker.apply(PlainNoise::new);
    }
    int samples = stimuli.size();
    for (int n = 0; n < samples; n++) {
      SampleStimulus stimulus = stimuli.get(n);
      for (int t = 0; t < steps; t++) {
        stimulus.fill(firstStep + t, target, (t * samples + n) * stimulus.width());
      }
    }
  }

  @Override
  public boolean held() {
    return held;
  }

  @Override
  public boolean goesOn() {
    return goesOn;
  }

  @Override
  public TileInput on(Backend backend) {
    return inputs.computeIfAbsent(
        backend, it -> new ComputedInput(none -> maker.apply(it::inputNoise), held, goesOn));
  }
}
