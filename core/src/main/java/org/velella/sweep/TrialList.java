package org.velella.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;

/**
 * The trials of a sweep that may have been extended: one generation of trials after the other. What
 * a generation shares with those before it is left out of it, so every trial is there once.
 *
 * <p>Kept are the descriptions of the spaces and which of their trials count, not the trials.
 */
public final class TrialList {
  /** A list without trials. */
  public static final TrialList NONE = new TrialList(List.of());

  private final List<Generation> generations;

  private record Generation(JsonNode space, long[] seeds, Trials trials, Intervals numbers) {}

  private TrialList(List<Generation> generations) {
    this.generations = List.copyOf(generations);
  }

  /**
   * This list and the trials of a space and seeds that are not in it. Looks at every trial once.
   *
   * @param space as {@link Spaces} reads it
   * @throws IllegalArgumentException if the space or the seeds cannot be used
   */
  public TrialList extended(JsonNode space, long... seeds) {
    Trials trials = new Trials(Spaces.parse(space), seeds);
    Set<Long> known = new HashSet<>();
    for (long place = 0; place < count(); place++) {
      known.add(trial(place).id());
    }
    Intervals.Builder fresh = new Intervals.Builder();
    for (long number = 0; number < trials.count(); number++) {
      if (known.add(trials.trial(number).id())) {
        fresh.add(number);
      }
    }
    Intervals numbers = fresh.build();
    if (numbers.count() == 0) {
      return this;
    }
    List<Generation> longer = new ArrayList<>(generations);
    longer.add(new Generation(space.deepCopy(), seeds.clone(), trials, numbers));
    return new TrialList(longer);
  }

  /** How many trials there are. */
  public long count() {
    return generations.stream().mapToLong(generation -> generation.numbers().count()).sum();
  }

  /** How many trials each generation has added. */
  public List<Long> counts() {
    return generations.stream().map(generation -> generation.numbers().count()).toList();
  }

  /** Everything that some trial sets, each parameter once; seeds are none. */
  public List<Parameter> parameters() {
    List<ParameterSpace> spaces = new ArrayList<>();
    generations.forEach(generation -> spaces.add(generation.trials().space()));
    return new UnionSpace(spaces)
        .parameters().stream().filter(parameter -> !parameter.path().equals(Trials.SEED)).toList();
  }

  /**
   * One trial; its number is its place in this list.
   *
   * @throws IndexOutOfBoundsException if there is none at the place
   */
  public Trial trial(long place) {
    long rest = place;
    for (Generation generation : generations) {
      if (rest >= 0 && rest < generation.numbers().count()) {
        Trial trial = generation.trials().trial(generation.numbers().get(rest));
        return new Trial(place, trial.id(), trial.seed(), trial.numbers(), trial.texts());
      }
      rest -= generation.numbers().count();
    }
    throw new IndexOutOfBoundsException("Trial " + place + " of " + count());
  }

  /** This list as data. */
  public JsonNode toJson() {
    ArrayNode array = CanonicalJson.object().arrayNode();
    for (Generation generation : generations) {
      ObjectNode json = array.addObject();
      json.set("space", generation.space());
      ArrayNode seeds = json.putArray("seeds");
      for (long seed : generation.seeds()) {
        seeds.add(seed);
      }
      ArrayNode bounds = json.putArray("numbers");
      for (long bound : generation.numbers().bounds()) {
        bounds.add(bound);
      }
    }
    return array;
  }

  /**
   * The list that {@link #toJson} has written.
   *
   * @throws JsonException if it is none
   */
  public static TrialList fromJson(JsonNode array) {
    List<Generation> generations = new ArrayList<>();
    try {
      for (JsonNode json : array) {
        long[] seeds = longs(json.path("seeds"));
        Trials trials = new Trials(Spaces.parse(json.path("space")), seeds);
        Intervals numbers = Intervals.of(longs(json.path("numbers")), trials.count());
        generations.add(new Generation(json.path("space"), seeds, trials, numbers));
      }
    } catch (IllegalArgumentException e) {
      throw new JsonException("This is no list of trials: " + e.getMessage(), e);
    }
    return new TrialList(generations);
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      if (!array.get(i).canConvertToLong()) {
        throw new IllegalArgumentException(array.get(i) + " is no whole number");
      }
      values[i] = array.get(i).longValue();
    }
    return values;
  }
}
