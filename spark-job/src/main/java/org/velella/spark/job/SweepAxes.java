package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.velella.provenance.CanonicalJson;
import org.velella.sweep.Trials;

/**
 * What a sweep varies, said piece by piece in the words of the command line, put together as one
 * parameter space.
 */
public final class SweepAxes {
  /** How values of what is varied are drawn. */
  public enum Sampling {
    RANDOM,
    LATIN_HYPERCUBE,
    SOBOL;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Each is held in memory, and is a trial at least. */
  private static final int MOST_SEEDS = 10_000_000;

  private final List<String> grids = new ArrayList<>();
  private final List<String> zips = new ArrayList<>();
  private final List<String> varied = new ArrayList<>();

  /** Null: nothing is drawn. */
  private Sampling sampling;

  private long draws;
  private JsonNode space;
  private List<Long> seeds = List.of();
  private String trials = "";
  private String trialsFormat = "auto";
  private Dataset<Row> trialsTable;

  /** All combinations of these, such as {@code lif.tau=2:20:19}, and of those before. */
  public SweepAxes grid(List<String> axes) {
    grids.addAll(axes);
    return this;
  }

  /** Values that vary together. */
  public SweepAxes zip(List<String> axes) {
    zips.addAll(axes);
    return this;
  }

  /** Parameters to draw, such as {@code *.tau=uniform:2:20}; {@link #sample} says how. */
  public SweepAxes vary(List<String> distributions) {
    varied.addAll(distributions);
    return this;
  }

  /**
   * How often, and how, to draw what is varied; once.
   *
   * @throws UsageException if it was said before
   */
  public SweepAxes sample(Sampling how, long count) {
    if (sampling != null) {
      throw refusedSampling(how, count);
    }
    sampling = how;
    draws = count;
    return this;
  }

  /**
   * A space in JSON, which is combined with the rest; once.
   *
   * @throws UsageException if there is one already
   */
  public SweepAxes space(JsonNode json) {
    if (space != null) {
      throw new UsageException(
          "There are two parameter spaces; make them one, such as {\"product\": [A, B]}");
    }
    space = json;
    return this;
  }

  /** Every point is run with each of these seeds; none: the run's one. */
  public SweepAxes seeds(List<Long> each) {
    seeds = List.copyOf(each);
    return this;
  }

  /**
   * As {@link #seeds(List)}.
   *
   * @param text such as {@code 1,2,3} or {@code 0:99}; empty: none
   * @throws UsageException if it is something else
   */
  public SweepAxes seeds(String text) {
    List<Long> list = new ArrayList<>();
    try {
      for (String part : text.isBlank() ? new String[0] : text.split(",")) {
        String[] ends = part.strip().split(":");
        long from = Long.parseLong(ends[0]);
        long to = ends.length == 1 ? from : Long.parseLong(ends[1]);
        long more = Math.addExact(Math.subtractExact(to, from), 1);
        if (ends.length > 2 || more < 1 || more > MOST_SEEDS - list.size()) {
          throw new NumberFormatException(part);
        }
        LongStream.rangeClosed(from, to).forEach(list::add);
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw new UsageException(
          "--seeds %s: give 1,2,3 or 0:99, at most %d seeds".formatted(text, MOST_SEEDS), e);
    }
    return seeds(list);
  }

  /** As {@link RunConfig#trials()} and {@link RunConfig#trialsFormat()}. */
  public SweepAxes trials(String path, String format) {
    trials = path;
    trialsFormat = format;
    return this;
  }

  /** As {@link RunConfig#trialsTable()}. */
  public SweepAxes trials(Dataset<Row> table) {
    trialsTable = table;
    return this;
  }

  /**
   * Makes a run a sweep over all of this.
   *
   * @param seed of what is drawn
   * @throws UsageException if nothing varies, or what is varied is not drawn
   */
  public RunConfig.Builder addTo(RunConfig.Builder run, long seed) {
    ArrayNode product = CanonicalJson.object().putArray("product");
    grids.forEach(product::add);
    if (!zips.isEmpty()) {
      ArrayNode zip = product.addObject().putArray("zip");
      zips.forEach(zip::add);
    }
    addSampled(product, seed);
    if (space != null) {
      product.add(space);
    }
    boolean table = trialsTable != null || !trials.isBlank();
    List<Long> each = seeds;
    if (product.isEmpty() && !table && !each.isEmpty()) {
      // Nothing varies but the random numbers.
      ArrayNode column = product.addObject().putObject("table").putArray(Trials.SEED);
      each.forEach(one -> column.add(Long.toString(one)));
      each = List.of();
    }
    if (product.isEmpty() && !table) {
      throw new UsageException(
          "A sweep needs parameters: give --grid, --zip, --space, --trials, --seeds, or --vary with"
              + " --random, --latin-hypercube or --sobol");
    }
    ObjectNode root = CanonicalJson.object();
    root.set("product", product);
    run.space(product.isEmpty() ? "" : root.toString()).trials(trials, trialsFormat).seeds(each);
    return trialsTable == null ? run : run.trials(trialsTable);
  }

  private void addSampled(ArrayNode product, long seed) {
    if (sampling == null) {
      if (!varied.isEmpty()) {
        throw new UsageException(
            "--vary needs to know how often: give --random N, --latin-hypercube N or --sobol N");
      }
      return;
    }
    if (varied.isEmpty()) {
      throw refusedSampling(sampling, draws);
    }
    ObjectNode sampled = product.addObject().putObject(sampling.text());
    sampled.put("trials", draws).put("seed", seed);
    ArrayNode vary = sampled.putArray("vary");
    varied.forEach(vary::add);
  }

  private static UsageException refusedSampling(Sampling how, long count) {
    return new UsageException(
        "--%s %d samples what --vary names, once: give --vary PATH=DISTRIBUTION, and one of"
                .formatted(how.text(), count)
            + " --random, --latin-hypercube and --sobol");
  }
}
