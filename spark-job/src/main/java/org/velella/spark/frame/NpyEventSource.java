package org.velella.spark.frame;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import scala.Tuple2;

/** A {@code .npy} event table {@code [E, 3]}: sample, step, index; samples are numbered from 0. */
final class NpyEventSource implements InputSource {
  private static final int EVENT_BYTES = 2 * Long.BYTES;

  private final JavaSparkContext spark;
  private final HadoopConf conf;
  private final String uri;
  private final int slices;
  private final InputFacts facts;

  private NpyEventSource(
      JavaSparkContext spark, HadoopConf conf, String uri, int slices, InputFacts facts) {
    this.spark = spark;
    this.conf = conf;
    this.uri = uri;
    this.slices = slices;
    this.facts = facts;
  }

  static NpyEventSource open(
      JavaSparkContext spark, HadoopConf conf, InputSpec spec, InputFile file, Npy.Header header)
      throws IOException {
    int events = header.shape().dim(0);
    int slices = NpyEvents.slices(header);
    Scan scan = scan(spark, conf, spec, slices);
    if (2 * scan.outside > events) {
      throw new InputException(
          "%s: %d of %d events have an index outside the network's inputs 0 to %d"
                  .formatted(spec.uri(), scan.outside, events, spec.width() - 1)
              + "; the table was made for another network");
    }
    // One less where the largest long is a sample, which is more than a run can have anyway.
    long found = scan.lastSample == Long.MAX_VALUE ? scan.lastSample : scan.lastSample + 1;
    long samples = spec.samples() == 0 ? found : spec.samples();
    if (samples < 1) {
      throw new InputException(spec.uri() + " names no sample; say how many there are: --samples");
    }
    if (samples < found) {
      throw new InputException(
          "--samples is %d, but %s has events of sample %d; samples are numbered from 0"
              .formatted(spec.samples(), spec.uri(), scan.lastSample));
    }
    long bytes = Math.max(64, (long) events * 2 * EVENT_BYTES / samples);
    int head = file.crc32c(0, header.dataOffset());
    String fingerprint = NpyEvents.checksum(header, head, scan.crcs).text();
    InputFacts facts =
        new InputFacts(NpyLayout.EVENTS.text(), samples, 0, bytes, fingerprint, List.of());
    return new NpyEventSource(spark, conf, spec.uri(), slices, facts);
  }

  /** What is known after one pass over the table. */
  private static final class Scan {
    private final long lastSample;
    private final long outside;

    /** Checksums of the slices, in order. */
    private final int[][] crcs;

    Scan(long lastSample, long outside, int[][] crcs) {
      this.lastSample = lastSample;
      this.outside = outside;
      this.crcs = crcs;
    }
  }

  private static Scan scan(JavaSparkContext spark, HadoopConf conf, InputSpec spec, int slices) {
    String file = spec.uri();
    int width = spec.width();
    List<Tuple2<long[], int[]>> parts =
        numbers(spark, slices)
            .map(
                slice -> {
                  NpyEvents events = NpyEvents.read(file, conf, slice, slices);
                  return new Tuple2<>(events.lastSampleAndOutside(width), events.crcs());
                })
            .collect();
    long last = -1;
    long outside = 0;
    for (Tuple2<long[], int[]> part : parts) {
      last = Math.max(last, part._1()[0]);
      outside += part._1()[1];
    }
    return new Scan(last, outside, parts.stream().map(Tuple2::_2).toArray(int[][]::new));
  }

  private static org.apache.spark.api.java.JavaRDD<Integer> numbers(
      JavaSparkContext spark, int slices) {
    return spark.parallelize(new ArrayList<>(IntStream.range(0, slices).boxed().toList()), slices);
  }

  @Override
  public InputFacts facts() {
    return facts;
  }

  @Override
  public RangeIndex index(int rangeSize) {
    return RangeIndex.consecutive(0, facts.samples(), rangeSize);
  }

  @Override
  public JavaPairRDD<SampleKey, byte[]> fragments(RangeIndex index, RangePartitioner partitioner) {
    HadoopConf hadoop = conf;
    String file = uri;
    int count = slices;
    JavaPairRDD<SampleKey, byte[]> events =
        numbers(spark, slices)
            .flatMapToPair(
                slice ->
                    fragmentsOf(NpyEvents.read(file, hadoop, slice, count), index, partitioner));
    return Shuffle.byRange(spark, events, partitioner, index);
  }

  /** One fragment for each sample of a slice. */
  private static Iterator<Tuple2<SampleKey, byte[]>> fragmentsOf(
      NpyEvents events, RangeIndex index, RangePartitioner partitioner) {
    Map<SampleKey, EventList> lists = new LinkedHashMap<>();
    for (int i = 0; i < events.count(); i++) {
      long sample = events.sample(i);
      int range = sample < 0 ? 0 : index.rangeOf(sample);
      if (range < 0) {
        throw new InputException("Sample " + sample + " was not there when the run began");
      }
      if (partitioner.isPending(range)) {
        SampleKey key = sample < 0 ? SampleKey.unknown(0) : SampleKey.of(range, sample);
        EventList list = lists.computeIfAbsent(key, one -> new EventList());
        if (sample < 0) {
          list.bad(FailureReason.NO_SAMPLE_ID, "events whose sample is negative or not whole");
        } else {
          list.add(events.step(i), events.index(i));
        }
      }
    }
    return lists.entrySet().stream()
        .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue().toPartialFragment()))
        .iterator();
  }
}
