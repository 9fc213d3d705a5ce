package org.velella.spark.frame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import scala.Tuple2;

/**
 * A {@code .npy} array of values. Where a sample lies in the file is known, so every task reads its
 * own samples and nothing is shuffled.
 */
final class NpyDenseSource implements InputSource {
  private static final long BLOCK_BYTES = 8L << 20;

  private final JavaSparkContext spark;
  private final HadoopConf conf;
  private final String uri;
  private final NpyLayout layout;
  private final InputFacts facts;

  private NpyDenseSource(
      JavaSparkContext spark, HadoopConf conf, String uri, NpyLayout layout, InputFacts facts) {
    this.spark = spark;
    this.conf = conf;
    this.uri = uri;
    this.layout = layout;
    this.facts = facts;
  }

  static NpyDenseSource open(
      JavaSparkContext spark, HadoopConf conf, InputSpec spec, InputFile file, NpyFile.Opened npy)
      throws IOException {
    int lead = npy.layout() == NpyLayout.SERIES ? 2 : 1;
    long samples = npy.header().shape().dim(lead - 1);
    long seriesSteps = lead == 2 ? npy.header().shape().dim(0) : 0;
    if (samples == 0) {
      throw new InputException(spec.uri() + " has shape " + npy.header().shape() + ": no samples");
    }
    if (spec.samples() != 0 && spec.samples() != samples) {
      throw new InputException(
          "--samples is %d, but %s holds %d samples; leave it out or give that many"
              .formatted(spec.samples(), spec.uri(), samples));
    }
    if (lead == 2 && seriesSteps < spec.steps()) {
      throw new InputException(
          "%s of shape %s, which is [steps, samples, ...], has values for %d steps, the run takes %d; give fewer --steps or longer input"
              .formatted(spec.uri(), npy.header().shape(), seriesSteps, spec.steps()));
    }
    List<String> messages = new ArrayList<>(NpyFile.roundingMessage(spec.uri(), npy.header()));
    if (seriesSteps > spec.steps()) {
      messages.add(
          "%s has values for %d steps; the run takes the first %d"
              .formatted(spec.uri(), seriesSteps, spec.steps()));
    }
    long bytes = (long) spec.width() * Float.BYTES * Math.max(1, seriesSteps);
    InputFacts facts =
        new InputFacts(
            npy.layout().text(),
            samples,
            seriesSteps,
            bytes,
            Fingerprint.of(spark, conf, file),
            messages);
    return new NpyDenseSource(spark, conf, spec.uri(), npy.layout(), facts);
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
    int partitions = partitioner.numPartitions();
    List<Integer> numbers = IntStream.range(0, partitions).boxed().toList();
    // Locals, so that the closure does not carry this object.
    HadoopConf hadoop = conf;
    String file = uri;
    NpyLayout axes = layout;
    return spark
        .parallelize(new ArrayList<>(numbers), partitions)
        .mapPartitionsToPair(
            one -> new Blocks(file, hadoop, axes, index, partitioner.ranges(one.next())));
  }

  /** The samples of some ranges, read a block at a time. */
  private static final class Blocks implements Iterator<Tuple2<SampleKey, byte[]>> {
    private final InputFile file;
    private final NpySamples reader;
    private final RangeIndex index;
    private final int[] ranges;
    private final int blockSamples;

    private int at;
    private boolean opened;
    private long nextSample;
    private float[][] block = {};
    private int inBlock;

    Blocks(String uri, HadoopConf conf, NpyLayout layout, RangeIndex index, int[] ranges)
        throws IOException {
      this.file = InputFile.open(uri, conf.toConfiguration());
      TaskContext.get()
          .addTaskCompletionListener(
              (org.apache.spark.util.TaskCompletionListener) context -> close());
      Npy.Header header = Npy.header(file.fromStart(), uri);
      this.reader = new NpySamples(file, header, layout);
      this.index = index;
      this.ranges = ranges;
      long samples = header.shape().dim(layout == NpyLayout.SERIES ? 1 : 0);
      long sampleBytes = Math.max(1, header.dataBytes() / samples);
      this.blockSamples = (int) Math.max(1, Math.min(index.rangeSize(), BLOCK_BYTES / sampleBytes));
    }

    private void close() {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean hasNext() {
      return at < ranges.length;
    }

    @Override
    public Tuple2<SampleKey, byte[]> next() {
      if (at >= ranges.length) {
        throw new NoSuchElementException();
      }
      int range = ranges[at];
      if (!opened) {
        opened = true;
        nextSample = index.firstRank(range);
        return new Tuple2<>(SampleKey.marker(range), Fragment.open());
      }
      if (inBlock == block.length) {
        readBlock(range);
      }
      long sample = nextSample++;
      byte[] fragment = Fragment.values(block[inBlock]);
      block[inBlock++] = null;
      if (nextSample == index.endRank(range)) {
        at++;
        opened = false;
      }
      return new Tuple2<>(SampleKey.of(range, sample), fragment);
    }

    private void readBlock(int range) {
      int count = (int) Math.min(blockSamples, index.endRank(range) - nextSample);
      try {
        block = reader.read(nextSample, count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      inBlock = 0;
    }
  }
}
