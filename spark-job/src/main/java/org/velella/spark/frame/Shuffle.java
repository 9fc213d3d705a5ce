package org.velella.spark.frame;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Brings fragments to the partition of their range, in the order of their keys. */
final class Shuffle {
  private Shuffle() {}

  /** What stands for a range before its rows; goes to a task. */
  @FunctionalInterface
  private interface Marker extends Serializable {
    byte[] of(int range);
  }

  /** For tables whose rows say which samples there are. */
  static JavaPairRDD<SampleKey, byte[]> byRange(
      JavaSparkContext spark, JavaPairRDD<SampleKey, byte[]> rows, RangePartitioner partitioner) {
    return sorted(spark, rows, partitioner, range -> Fragment.open());
  }

  /** For tables in which a sample without rows is a sample without input. */
  static JavaPairRDD<SampleKey, byte[]> byRange(
      JavaSparkContext spark,
      JavaPairRDD<SampleKey, byte[]> rows,
      RangePartitioner partitioner,
      RangeIndex index) {
    return sorted(
        spark,
        rows,
        partitioner,
        range -> Fragment.allPresent(index.firstId(range), index.size(range)));
  }

  private static JavaPairRDD<SampleKey, byte[]> sorted(
      JavaSparkContext spark,
      JavaPairRDD<SampleKey, byte[]> rows,
      RangePartitioner partitioner,
      Marker marker) {
    // Made by the task: of millions of ranges, they are more than Spark can send with one.
    return spark
        .parallelize(List.of(0), 1)
        .flatMapToPair(one -> markers(partitioner, marker))
        .union(rows)
        .repartitionAndSortWithinPartitions(partitioner);
  }

  private static Iterator<Tuple2<SampleKey, byte[]>> markers(
      RangePartitioner partitioner, Marker marker) {
    return IntStream.range(0, partitioner.numPartitions())
        .flatMap(partition -> IntStream.of(partitioner.ranges(partition)))
        .mapToObj(range -> new Tuple2<>(SampleKey.marker(range), marker.of(range)))
        .iterator();
  }
}
