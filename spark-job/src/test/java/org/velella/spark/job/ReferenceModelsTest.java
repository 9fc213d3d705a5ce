package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.population.Population;
import org.velella.population.PopulationNetwork;
import org.velella.simulate.Probes;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.Stimulus;
import org.velella.simulate.TileInput;
import org.velella.sweep.Trial;

/**
 * The reference models do what was published. Bounds are those of {@code core/docs/MODELS.md},
 * which names their sources, and those that were changed after the models were run.
 *
 * <p>With {@code -Dvelella.whole-models=true} all of them run for a second of their time, else
 * those that show what they are to show in less run for less.
 */
@Tag("kernels")
class ReferenceModelsTest {
  private static final boolean WHOLE = Boolean.getBoolean("velella.whole-models");

  /** Spikes before do not count. */
  private static final double TRANSIENT = 100;

  private static final double LONG = 1000;

  /** Brunel's network, which takes longer to make than to run; made by the first panel. */
  private static PopulationNetwork brunel;

  @AfterAll
  static void drop() {
    brunel = null;
  }

  /** A second if all is to run for one, else a shorter time. */
  private static double orWhole(double milliseconds) {
    return WHOLE ? LONG : milliseconds;
  }

  private static PopulationNetwork read(String file) throws IOException {
    return PopulationYaml.read(file, Files.readString(Path.of("example", file)));
  }

  private static PopulationActivity run(
      PopulationNetwork read, Map<String, Double> parameters, double milliseconds, double dt) {
    Network network = read.network();
    Map<String, double[]> values = new TreeMap<>();
    parameters.forEach((path, value) -> values.put(path, new double[] {value}));
    TileParameters own = TileParameters.of(values);
    Map<String, Integer> sizes =
        read.populations().stream().collect(Collectors.toMap(Population::name, Population::size));
    int steps = (int) Math.round(milliseconds / dt);
    int first = (int) Math.round(TRANSIENT / dt);
    PopulationActivity activity = new PopulationActivity(sizes, first, steps, dt);
    TileInput input =
        network.inputSize() == 1
            ? (from, count, target) -> Arrays.fill(target, 0)
            : Stimulus.parse("white:sigma=1")
                .tile(
                    List.of(new Trial(0, 0, 0, new TreeMap<>(), new TreeMap<>())),
                    Samples.numbered(),
                    network.inputSize(),
                    dt / 1000);
    try (Simulator simulator =
        new Simulator(
            network,
            Backends.load().select("auto").backend(),
            new Probes(sizes.keySet(), Map.of()),
            SimulatorOptions.DEFAULT)) {
      simulator.run(simulator.initial(1, own), input, steps, own, activity);
    }
    return activity;
  }

  /**
   * A panel of figure 8.
   *
   * @param g weights of inhibition, times those of excitation
   * @param eta the drive by that which just reaches the threshold
   */
  private static PopulationActivity brunel(double g, double eta, double milliseconds)
      throws IOException {
    double rate = eta * 20 / (0.1 * 1000 * 20);
    Map<String, Double> parameters =
        Map.of(
            "to_exc.rate",
            rate,
            "to_inh.rate",
            rate,
            "ie.weight_scale",
            g / 5,
            "ii.weight_scale",
            g / 5);
    brunel = brunel == null ? read("brunel2000.yaml") : brunel;
    PopulationActivity activity = run(brunel, parameters, milliseconds, 0.1);
    System.out.printf(
        Locale.ROOT,
        "measured: Brunel g %.1f eta %.1f: %.2f Hz, CV %.2f, synchrony %.1f%n",
        g,
        eta,
        activity.hertz("exc", "inh"),
        activity.variation("exc", 5),
        activity.synchrony("exc"));
    return activity;
  }

  @Test
  void brunelsPanelAIsFastRegularAndSynchronous() throws IOException {
    PopulationActivity activity = brunel(3, 2, orWhole(200));
    assertThat(activity.hertz("exc", "inh")).isBetween(100.0, 500.0);
    assertThat(activity.variation("exc", 5)).isLessThan(0.5);
    assertThat(activity.synchrony("exc")).isGreaterThan(100);
  }

  @Test
  void brunelsPanelBHasThePublishedRate() throws IOException {
    PopulationActivity activity = brunel(6, 4, orWhole(300));
    assertThat(activity.hertz("exc", "inh")).isBetween(60.7 * 0.9, 60.7 * 1.1);
    assertThat(activity.variation("exc", 5)).isBetween(0.5, 1.5);
  }

  @Test
  void brunelsPanelCHasThePublishedRateAndIsIrregular() throws IOException {
    PopulationActivity activity = brunel(5, 2, orWhole(300));
    assertThat(activity.hertz("exc", "inh")).isBetween(37.7 * 0.9, 37.7 * 1.1);
    assertThat(activity.variation("exc", 5)).isBetween(0.3, 1.0);
  }

  /** Neurons send five spikes a second, so that intervals need the whole second. */
  @Test
  void brunelsPanelDHasThePublishedRate() throws IOException {
    PopulationActivity activity = brunel(4.5, 0.9, LONG);
    assertThat(activity.hertz("exc", "inh")).isBetween(5.5 * 0.75, 5.5 * 1.25);
    assertThat(activity.variation("exc", 5)).isBetween(0.5, 1.5);
  }

  private static void requireRate(String file, double milliseconds, double low, double high)
      throws IOException {
    PopulationActivity activity = run(read(file), Map.of(), orWhole(milliseconds), 0.1);
    System.out.printf(Locale.ROOT, "measured: %s: %.2f Hz%n", file, activity.hertz("exc", "inh"));
    assertThat(activity.hertz("exc", "inh")).isBetween(low, high);
  }

  @Test
  void cubaGoesOnByItself() throws IOException {
    requireRate("cuba.yaml", 300, 4.5, 7);
  }

  @Test
  void cobaGoesOnByItself() throws IOException {
    requireRate("coba.yaml", 300, 14, 24);
  }

  @Test
  void cobaHhGoesOnByItself() throws IOException {
    requireRate("cobahh.yaml", 200, 2, 100);
  }

  @Test
  void izhikevichsNetworkHasAlphaAndGammaRhythms() throws IOException {
    PopulationActivity activity = run(read("izhikevich2003.yaml"), Map.of(), TRANSIENT + LONG, 1);
    double[] signal = activity.perMillisecond("exc", "inh");
    double whole = PopulationActivity.power(signal, 1, 499);
    double alpha = PopulationActivity.power(signal, 8, 13) / whole;
    double gamma = PopulationActivity.power(signal, 30, 80) / whole;
    System.out.printf(
        Locale.ROOT,
        "measured: izhikevich2003.yaml: %.2f and %.2f Hz, alpha %.1f, gamma %.1f%n",
        activity.hertz("exc"),
        activity.hertz("inh"),
        alpha,
        gamma);
    assertThat(activity.hertz("exc")).isBetween(3.0, 15.0);
    assertThat(activity.hertz("inh")).isBetween(5.0, 40.0);
    assertThat(alpha).isGreaterThan(2);
    assertThat(gamma).isGreaterThan(2);
  }
}
