package org.velella.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
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

  /** Ids that are held at once to be compared with all others. */
  private static final int IDS_AT_ONCE = 1 << 16;

  private final List<Generation> generations;

  /** Null before it is asked for; a second thread would only make the same again. */
  private volatile byte[] bytes;

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
    IdSet known = new IdSet();
    for (Generation before : generations) {
      Intervals numbers = before.numbers();
      forEachId(before.trials(), numbers.count(), numbers::get, (number, id) -> known.add(id));
    }
    Intervals.Builder fresh = new Intervals.Builder();
    forEachId(
        trials,
        trials.count(),
        number -> number,
        (number, id) -> {
          if (known.add(id)) {
            fresh.add(number);
          }
        });
    Intervals numbers = fresh.build();
    if (numbers.count() == 0) {
      return this;
    }
    List<Generation> longer = new ArrayList<>(generations);
    longer.add(new Generation(space.deepCopy(), seeds.clone(), trials, numbers));
    return new TrialList(longer);
  }

  /** Takes the number of a trial and its id. */
  private interface IdSink {
    void accept(long number, long id);
  }

  /** Gives the ids of some trials in their order. */
  private static void forEachId(Trials trials, long count, LongUnaryOperator numbers, IdSink sink) {
    for (long from = 0; from < count; from += IDS_AT_ONCE) {
      long first = from;
      long[] ids =
          trials.ids(
              (int) Math.min(IDS_AT_ONCE, count - from), i -> numbers.applyAsLong(first + i));
      for (int i = 0; i < ids.length; i++) {
        sink.accept(numbers.applyAsLong(first + i), ids[i]);
      }
    }
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
    return trials(place, place + 1).get(0);
  }

  /**
   * The trials at the places {@code [from, to)}; the number of each is its place in this list.
   *
   * @throws IndexOutOfBoundsException if there is none at one of the places
   */
  public List<Trial> trials(long from, long to) {
    if (from < 0 || from > to || to > count()) {
      throw new IndexOutOfBoundsException("Trials %d to %d of %d".formatted(from, to, count()));
    }
    List<Trial> all = new ArrayList<>();
    long before = 0;
    for (Generation generation : generations) {
      long end = before + generation.numbers().count();
      if (from < end && to > before) {
        TrialIds.Hasher hasher = generation.trials().hasher();
        for (long place = Math.max(from, before); place < Math.min(to, end); place++) {
          long number = generation.numbers().get(place - before);
          all.add(generation.trials().trial(number, place, hasher));
        }
      }
      before = end;
    }
    return all;
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

  /** {@link #toJson} as UTF-8, made once; not to be changed. */
  public byte[] toBytes() {
    if (bytes == null) {
      bytes = toJson().toString().getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
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
