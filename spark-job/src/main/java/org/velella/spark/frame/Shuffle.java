package org.velella.spark.frame;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Brings fragments to the partition of their range, in the order of their keys. */
final class Shuffle {
  private Shuffle() {}

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
      java.util.function.IntFunction<byte[]> marker) {
    List<Tuple2<SampleKey, byte[]>> markers = new ArrayList<>();
    for (int p = 0; p < partitioner.numPartitions(); p++) {
      for (int range : partitioner.ranges(p)) {
        markers.add(new Tuple2<>(SampleKey.marker(range), marker.apply(range)));
      }
    }
    return spark
        .parallelizePairs(markers, 1)
        .union(rows)
        .repartitionAndSortWithinPartitions(partitioner);
  }
}
