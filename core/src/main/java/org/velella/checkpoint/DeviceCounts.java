package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/**
 * What saved steps have used of devices. It is saved with them, so it is counted once however many
 * attempts have computed the same steps.
 *
 * @param byDevice for each device by name {@value #NUMBERS} whole numbers, none negative: kernels
 *     launched, the sum over them of how full they could make it in thousandths, nanoseconds that
 *     they took, bytes copied to it, and from it
 */
public record DeviceCounts(SortedMap<String, List<Long>> byDevice) {
  /** Whole numbers of each device. */
  public static final int NUMBERS = 5;

  /** Of steps that no device has computed. */
  public static final DeviceCounts NONE = new DeviceCounts(new TreeMap<>());

  private static final String DEVICES = "devices";

  /**
   * @throws IllegalArgumentException if a device has another number of numbers, or negative ones
   */
  public DeviceCounts {
    TreeMap<String, List<Long>> copy = new TreeMap<>();
    byDevice.forEach(
        (device, numbers) -> {
          if (numbers.size() != NUMBERS || numbers.stream().anyMatch(number -> number < 0)) {
            throw new IllegalArgumentException(
                "Device '%s' has the numbers %s instead of %d that are not negative"
                    .formatted(device, numbers, NUMBERS));
          }
          // A run has few devices and many files.
          copy.put(device.intern(), List.copyOf(numbers));
        });
    byDevice = Collections.unmodifiableSortedMap(copy);
  }

  /** Of one device; the numbers as of the record. */
  public static DeviceCounts of(String device, long... numbers) {
    return new DeviceCounts(new TreeMap<>(Collections.singletonMap(device, list(numbers))));
  }

  private static List<Long> list(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /** Whether no device was used. */
  public boolean isNone() {
    return byDevice.isEmpty();
  }

  /** The sum of both; no number goes beyond the largest of 64 bits. */
  public DeviceCounts plus(DeviceCounts more) {
    if (isNone() || more.isNone()) {
      return isNone() ? more : this;
    }
    TreeMap<String, List<Long>> sum = new TreeMap<>(byDevice);
    more.byDevice.forEach((device, numbers) -> sum.merge(device, numbers, DeviceCounts::sum));
    return new DeviceCounts(sum);
  }

  private static List<Long> sum(List<Long> some, List<Long> others) {
    long[] sum = new long[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      long exact = some.get(i) + others.get(i);
      sum[i] = exact < 0 ? Long.MAX_VALUE : exact;
    }
    return list(sum);
  }

  /** Itself as text, from which {@link #of(String)} makes it again. */
  public String text() {
    return CanonicalJson.text(toJson());
  }

  /**
   * What {@link #text} has made.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static DeviceCounts of(String text) {
    return fromJson(new JsonFields(CanonicalJson.parse(text, DEVICES), DEVICES));
  }

  private ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object();
    byDevice.forEach(
        (device, numbers) -> {
          ArrayNode array = json.putArray(device);
          numbers.forEach(array::add);
        });
    return json;
  }

  /** Writes a field that {@link #readFrom} reads; nothing if no device was used. */
  void writeTo(ObjectNode json) {
    if (!isNone()) {
      json.set(DEVICES, toJson());
    }
  }

  /**
   * What a file says of devices.
   *
   * @throws JsonException if it is nothing that {@link #writeTo} writes
   */
  static DeviceCounts readFrom(JsonFields json) {
    return json.has(DEVICES) ? fromJson(json.object(DEVICES)) : NONE;
  }

  private static DeviceCounts fromJson(JsonFields json) {
    TreeMap<String, List<Long>> counts = new TreeMap<>();
    json.names().forEach(device -> counts.put(device, list(json.numbers(device))));
    try {
      return new DeviceCounts(counts);
    } catch (IllegalArgumentException e) {
      throw new JsonException(e.getMessage());
    }
  }
}
