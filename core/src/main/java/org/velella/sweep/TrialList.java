package org.velella.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;

/**
 * The trials of a sweep that may have been extended: one generation of trials after the other. What
 * a generation shares with those before it is left out of it, so every trial is there once.
 *
 * <p>Kept are the descriptions of the spaces, as text, and which of their trials count, not the
 * trials.
 */
public final class TrialList {
  /** A list without trials. */
  public static final TrialList NONE = new TrialList(List.of(), utf8("[]"));

  /** Ids that are held at once to be compared with all others. */
  private static final int IDS_AT_ONCE = 1 << 16;

  private final List<Generation> generations;

  /** As text, for a table of a million trials has millions of nodes. */
  private final byte[] bytes;

  private record Generation(Trials trials, Intervals numbers) {}

  private TrialList(List<Generation> generations, byte[] bytes) {
    this.generations = List.copyOf(generations);
    this.bytes = bytes;
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
    longer.add(new Generation(trials, numbers));
    return new TrialList(longer, longer(bytes, text(space, seeds, numbers)));
  }

  /** A generation as data. */
  private static byte[] text(JsonNode space, long[] seeds, Intervals numbers) {
    byte[] begin = utf8("{\"space\":");
    byte[] points = CanonicalJson.writtenBytes(space);
    byte[] end =
        utf8(",\"seeds\":%s,\"numbers\":%s}".formatted(list(seeds), list(numbers.bounds())));
    ByteBuffer all = ByteBuffer.allocate(begin.length + points.length + end.length);
    return all.put(begin).put(points).put(end).array();
  }

  private static String list(long[] numbers) {
    return Arrays.toString(numbers).replace(" ", "");
  }

  /** The text of a list with one more element. */
  private static byte[] longer(byte[] list, byte[] element) {
    byte[] comma = utf8(list.length > 2 ? "," : "");
    ByteBuffer all = ByteBuffer.allocate(list.length + comma.length + element.length);
    all.put(list, 0, list.length - 1).put(comma).put(element).put((byte) ']');
    return all.array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
    return CanonicalJson.parse(bytes, "the trials");
  }

  /** {@link #toJson} as UTF-8; not to be changed. */
  public byte[] toBytes() {
    return bytes;
  }

  /**
   * The list that {@link #toJson} has written.
   *
   * @throws JsonException if it is none
   */
  public static TrialList fromJson(JsonNode array) {
    List<Generation> generations = new ArrayList<>();
    byte[] text = NONE.bytes;
    try {
      for (JsonNode json : array) {
        Generation generation = generation(json);
        generations.add(generation);
        long[] seeds = longs(json.path("seeds"));
        text = longer(text, text(json.path("space"), seeds, generation.numbers()));
      }
    } catch (IllegalArgumentException e) {
      throw noList(e);
    }
    return new TrialList(generations, text);
  }

  /**
   * The list that {@link #toBytes} has written.
   *
   * @param bytes are kept, and not to be changed
   * @throws JsonException if it is none
   */
  public static TrialList fromBytes(byte[] bytes) {
    List<Generation> generations = new ArrayList<>();
    try {
      CanonicalJson.parse(bytes, "the trials").forEach(json -> generations.add(generation(json)));
    } catch (JsonException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw noList(e);
    }
    return new TrialList(generations, bytes);
  }

  private static JsonException noList(IllegalArgumentException why) {
    return new JsonException("This is no list of trials: " + why.getMessage(), why);
  }

  private static Generation generation(JsonNode json) {
    Trials trials = new Trials(Spaces.parse(json.path("space")), longs(json.path("seeds")));
    return new Generation(trials, Intervals.of(longs(json.path("numbers")), trials.count()));
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
