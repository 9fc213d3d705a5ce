package org.velella.simulate;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.velella.backend.NoiseKernel;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.NormalNumbers;
import org.velella.equation.Formula;
import org.velella.module.UnfitInputException;

/** The computed input of one sample, step by step. */
abstract class SampleStimulus {
  private final int width;

  private SampleStimulus(int width) {
    this.width = width;
  }

  /** The input of a sample with these values. */
  static SampleStimulus of(
      Stimulus.Kind kind, Map<String, Double> p, long seed, long sample, int width, double dt) {
    Supplier<Draws> draws = () -> new Draws(CounterRandom.key(seed, "stimulus"), sample);
    return switch (kind) {
      case CONSTANT -> new Constant(width, p.get("current"));
      case STEP -> new Uniform(width, step(p, dt));
      case RAMP -> new Uniform(width, ramp(p.get("baseline"), p.get("slope"), dt));
      case SINE -> new Uniform(width, sine(p, dt));
      case WHITE -> new White(width, draws.get(), p.get("mean"), p.get("sigma"));
      case OU -> new OrnsteinUhlenbeck(width, draws.get(), p, dt);
      case POISSON -> new Poisson(width, draws.get(), p.get("rate") * dt);
      case EQUATION -> throw new IllegalArgumentException("An equation has a formula");
    };
  }

  /**
   * The input of a formula.
   *
   * @param formula of t, step, i and the parameters
   * @param parameters in the formula's order
   */
  static SampleStimulus of(Formula formula, Collection<Double> parameters, int width, double dt) {
    return new OfFormula(formula, parameters, width, dt);
  }

  // Values are looked up once, not at every step.
  private static LongToDoubleFunction step(Map<String, Double> p, double dt) {
    double current = p.get("current");
    double baseline = p.get("baseline");
    double start = p.get("start");
    double end = p.get("end");
    return step -> step * dt >= start && step * dt < end ? current : baseline;
  }

  private static LongToDoubleFunction ramp(double baseline, double slope, double dt) {
    return step -> baseline + slope * (step * dt);
  }

  private static LongToDoubleFunction sine(Map<String, Double> p, double dt) {
    double baseline = p.get("baseline");
    double amplitude = p.get("amplitude");
    double circular = 2 * Math.PI * p.get("frequency");
    double phase = p.get("phase");
    return step -> baseline + amplitude * StrictMath.sin(circular * (step * dt) + phase);
  }

  int width() {
    return width;
  }

  /**
   * A value as networks take it.
   *
   * @throws UnfitInputException if it is not finite
   */
  private static float finite(double value, long step) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      throw new UnfitInputException(
          "The computed input is %s at step %d, which is no finite float32".formatted(value, step));
    }
    return rounded;
  }

  /**
   * Writes {@code mean + scale * number} for each number.
   *
   * @param most no value is farther from 0, if it is a number
   */
  final void scaled(
      double[] numbers, double mean, double scale, double most, long step, float[] target, int at) {
    if (most < Float.MAX_VALUE / 2) {
      for (int i = 0; i < width; i++) {
        target[at + i] = (float) (mean + scale * numbers[i]);
      }
    } else {
      for (int i = 0; i < width; i++) {
        target[at + i] = finite(mean + scale * numbers[i], step);
      }
    }
  }

  /** Goes to where a run begins. */
  void begin(long step, NoiseKernel noise) {}

  /** Writes the values of one step. */
  abstract void fill(long step, NoiseKernel noise, float[] target, int at);

  /** One value for all elements and steps. */
  private static final class Constant extends SampleStimulus {
    private final float value;

    Constant(int width, double value) {
      super(width);
      this.value = finite(value, 0);
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      Arrays.fill(target, at, at + width(), value);
    }
  }

  /** One value for all elements. */
  private static final class Uniform extends SampleStimulus {
    private final LongToDoubleFunction value;

    Uniform(int width, LongToDoubleFunction value) {
      super(width);
      this.value = value;
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      Arrays.fill(target, at, at + width(), finite(value.applyAsDouble(step), step));
    }
  }

  /** What a formula says for each element. */
  private static final class OfFormula extends SampleStimulus {
    private final Formula formula;
    private final boolean ofElement;
    private final double[] names;
    private final double dt;

    OfFormula(Formula formula, Collection<Double> parameters, int width, double dt) {
      super(width);
      this.formula = formula;
      ofElement = formula.reads("i");
      this.dt = dt;
      names =
          DoubleStream.concat(
                  DoubleStream.of(0, 0, 0), parameters.stream().mapToDouble(Double::doubleValue))
              .toArray();
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      names[0] = step * dt;
      names[1] = step;
      if (!ofElement) {
        Arrays.fill(target, at, at + width(), finite(formula.value(names), step));
        return;
      }
      for (int i = 0; i < width(); i++) {
        names[2] = i;
        target[at + i] = finite(formula.value(names), step);
      }
    }
  }

  /** Which random numbers are one sample's. */
  private record Draws(long key, long sample) {
    double[] normals(NoiseKernel noise, long step, int count) {
      return noise.normals(key, sample, step, count);
    }
  }

  private static final class White extends SampleStimulus {
    private final Draws draws;
    private final double mean;
    private final double sigma;
    private final double most;

    White(int width, Draws draws, double mean, double sigma) {
      super(width);
      this.draws = draws;
      this.mean = mean;
      this.sigma = sigma;
      most = Math.abs(mean) + Math.abs(sigma) * NormalNumbers.MOST;
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      scaled(draws.normals(noise, step, width()), mean, sigma, most, step, target, at);
    }
  }

  private static final class OrnsteinUhlenbeck extends SampleStimulus {
    private final Draws draws;
    private final double mean;
    private final double keep;
    private final double add;
    private final double most;
    private final double[] deviation;

    /** The step whose values the deviations are. */
    private long reached;

    /** Where the run began, to which whoever runs it again comes back. */
    private final double[] begun;

    private long begunAt;

    OrnsteinUhlenbeck(int width, Draws draws, Map<String, Double> p, double dt) {
      super(width);
      this.draws = draws;
      mean = p.get("mean");
      keep = StrictMath.exp(-dt / p.get("tau"));
      add = p.get("sigma") * StrictMath.sqrt(1 - keep * keep);
      // The sum of a geometric series, or no number.
      most = Math.abs(mean) + Math.abs(add) * NormalNumbers.MOST / (1 - keep);
      deviation = new double[width];
      begun = new double[width];
    }

    @Override
    void begin(long step, NoiseKernel noise) {
      go(step, noise);
      System.arraycopy(deviation, 0, begun, 0, begun.length);
      begunAt = step;
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      go(step, noise);
      scaled(deviation, mean, 1, most, step, target, at);
    }

    private void go(long step, NoiseKernel noise) {
      if (step < reached && step >= begunAt) {
        System.arraycopy(begun, 0, deviation, 0, begun.length);
        reached = begunAt;
      } else if (step < reached) {
        Arrays.fill(deviation, 0);
        reached = 0;
      }
      // Whoever begins in the middle goes the whole way there, so that the values are the same.
      for (; reached < step; reached++) {
        advance(deviation, draws.normals(noise, reached, width()), keep, add);
      }
    }

    private static void advance(double[] deviation, double[] normals, double keep, double add) {
      for (int i = 0; i < deviation.length; i++) {
        deviation[i] = keep * deviation[i] + add * normals[i];
      }
    }
  }

  private static final class Poisson extends SampleStimulus {
    private final Draws draws;

    /** A word below it, taken as unsigned, is a spike. */
    private final long threshold;

    Poisson(int width, Draws draws, double probability) {
      super(width);
      this.draws = draws;
      threshold = (long) Math.max(0, Math.min(0x1p32, StrictMath.rint(probability * 0x1p32)));
    }

    @Override
    void fill(long step, NoiseKernel noise, float[] target, int at) {
      noise.spikes(draws.key(), draws.sample(), step, width(), threshold, target, at);
    }
  }
}
