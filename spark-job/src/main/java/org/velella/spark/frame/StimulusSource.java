package org.velella.spark.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.simulate.Stimulus;
import scala.Tuple2;

/** Input that tasks compute: there is nothing to read, only samples that are there. */
final class StimulusSource implements InputSource {
  private final JavaSparkContext spark;
  private final InputFacts facts;

  private StimulusSource(JavaSparkContext spark, InputFacts facts) {
    this.spark = spark;
    this.facts = facts;
  }

  /**
   * The stimulus that {@code spec.uri()} describes, for as many samples as are said to be, or one.
   *
   * @throws InputException if there is no such stimulus
   */
  static StimulusSource open(JavaSparkContext spark, InputSpec spec) {
    try {
      Stimulus stimulus = Stimulus.parse(spec.uri());
      long samples = Math.max(1, spec.samples());
      long bytes = (long) spec.width() * Float.BYTES + stimulus.keptBytes(spec.width());
      return new StimulusSource(
          spark, new InputFacts("stimulus", samples, 0, bytes, stimulus.fingerprint(), List.of()));
    } catch (IllegalArgumentException e) {
      throw new InputException("--stimulus " + spec.uri() + ": " + e.getMessage(), e);
    }
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
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, partitions).boxed().toList());
    return spark
        .parallelize(numbers, partitions)
        .flatMapToPair(
            partition ->
                IntStream.of(partitioner.ranges(partition))
                    .mapToObj(
                        range ->
                            new Tuple2<>(
                                SampleKey.marker(range),
                                Fragment.allPresent(index.firstId(range), index.size(range))))
                    .iterator());
  }
}
