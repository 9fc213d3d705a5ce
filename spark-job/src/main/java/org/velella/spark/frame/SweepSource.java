package org.velella.spark.frame;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.velella.sweep.SweepLayout;
import scala.Tuple2;

/**
 * The input of a sweep: that of its samples, once for every range whose trials run on them. The
 * ranges' trials are multiplied with it only where they are simulated.
 */
public final class SweepSource implements InputSource {
  private final InputSource samples;
  private final SweepLayout layout;
  private final int samplesPerRange;

  /**
   * @param samples the input of one trial
   * @param samplesPerRange that the layout was made with
   */
  public SweepSource(InputSource samples, SweepLayout layout, int samplesPerRange) {
    this.samples = samples;
    this.layout = layout;
    this.samplesPerRange = samplesPerRange;
  }

  @Override
  public InputFacts facts() {
    return samples.facts();
  }

  @Override
  public Optional<Dataset<Row>> labels() {
    return samples.labels();
  }

  /** {@inheritDoc} The size is that of the layout. */
  @Override
  public RangeIndex index(int rangeSize) {
    return RangeIndex.consecutive(0, (long) layout.ranges() * rangeSize, rangeSize);
  }

  @Override
  public void requireLongEnough(long before, long steps) {
    samples.requireLongEnough(before, steps);
  }

  @Override
  public JavaPairRDD<SampleKey, byte[]> fragments(RangeIndex index, RangePartitioner partitioner) {
    RangeIndex blocks = samples.index(samplesPerRange);
    int[] all = IntStream.range(0, blocks.ranges()).toArray();
    RangePartitioner byBlock = new RangePartitioner(all, partitioner.numPartitions());
    int[][] rangesOfBlock = rangesOfBlocks(blocks.ranges(), partitioner);
    return samples
        .fragments(blocks, byBlock)
        .flatMapToPair(fragment -> copies(fragment, rangesOfBlock[fragment._1().range()]))
        .repartitionAndSortWithinPartitions(partitioner);
  }

  /** For each part of the samples, the ranges to be run on it. */
  private int[][] rangesOfBlocks(int blocks, RangePartitioner partitioner) {
    List<List<Integer>> ranges = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      ranges.add(new ArrayList<>());
    }
    for (int partition = 0; partition < partitioner.numPartitions(); partition++) {
      for (int range : partitioner.ranges(partition)) {
        ranges.get(layout.sampleBlock(range)).add(range);
      }
    }
    return ranges.stream()
        .map(each -> each.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private static Iterator<Tuple2<SampleKey, byte[]>> copies(
      Tuple2<SampleKey, byte[]> fragment, int[] ranges) {
    return IntStream.of(ranges)
        .mapToObj(range -> new Tuple2<>(fragment._1().of(range), fragment._2()))
        .iterator();
  }
}
