package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.TestTables;
import org.velella.spark.data.ConvertData;
import org.velella.spark.data.DataRequest;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.SimulateJob;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import scala.Tuple2;

/** Spark's two serializers carry the same. */
class KryoIT {
  private static final Map<String, String> KRYO =
      Map.of(
          "spark.serializer",
          "org.apache.spark.serializer.KryoSerializer",
          "spark.kryo.registrator",
          VelellaKryoRegistrator.class.getName());

  @TempDir Path folder;

  @Test
  void runsAreTheSameUnderBothSerializers() {
    List<org.apache.spark.sql.Row> rows =
        IntStream.range(0, TestRuns.SAMPLES)
            .mapToObj(n -> TestTables.events((long) n, TestTables.eventsOfSamples(60)[n]))
            .toList();
    Path table = folder.resolve("events.parquet");
    RunConfig.Builder config =
        TestRuns.config(folder, "java", 60)
            .record("spikes")
            .checkpointEvery(25)
            .input(TestTables.parquet(table, TestTables.EVENTS, rows, 2));
    SimulateJob.run(TestSpark.session(), config.build());
    List<String> spikes = TestRuns.spikes(TestSpark.session(), folder.resolve("java"));
    assertThat(spikes).isNotEmpty();
    List<String> converted = converted(TestSpark.session(), "java");
    // With the registrator and without it.
    for (boolean registered : new boolean[] {true, false}) {
      String run = "registered-" + registered;
      SparkSession kryo =
          TestSpark.freshSession(
              registered ? KRYO : Map.of("spark.serializer", KRYO.get("spark.serializer")));
      try {
        SimulateJob.run(kryo, config.output(folder.resolve(run).toString()).build());
        TestRuns.assertSameRun(folder.resolve("java"), folder.resolve(run));
        assertThat(TestRuns.spikes(kryo, folder.resolve(run))).isEqualTo(spikes);
        assertThat(converted(kryo, run)).hasSize(4).isEqualTo(converted);
      } finally {
        kryo.stop();
      }
    }
  }

  private List<String> converted(SparkSession spark, String name) {
    String data = "../core/src/test/resources/golden/datasets/dense.npy";
    String table = folder.resolve(name + ".parquet").toString();
    DataRequest.Polarity polarity = DataRequest.Polarity.SEPARATE;
    ConvertData.run(
        spark, new DataRequest(List.of(data), table, null, List.of(), null, null, polarity));
    return TestRuns.rows(spark.read().parquet(table));
  }

  private static Tensor tensor(INDArray array) {
    return NdArrays.toTensor(array);
  }

  /** Element i is i; the view takes columns 1 and 3 of the transposed array. */
  private static INDArray view(int rows) {
    INDArray whole = Nd4j.arange(rows * 4L).castTo(DataType.FLOAT).reshape(4, rows);
    return whole.transpose().get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2, 4));
  }

  /** The same, by hand. */
  private static Tensor viewed(int rows) {
    float[] values = new float[rows * 2];
    for (int r = 0; r < rows; r++) {
      values[2 * r] = rows + r;
      values[2 * r + 1] = 3 * rows + r;
    }
    return Tensor.of(Shape.of(rows, 2), values);
  }

  @Test
  void arraysCrossTheClusterUnderKryo() {
    SparkSession session = TestSpark.freshSession(KRYO);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      List<Integer> rows = List.of(1, 2, 5, 33);
      List<INDArray> results = spark.parallelize(rows, 3).map(KryoIT::view).collect();
      for (int i = 0; i < rows.size(); i++) {
        assertThat(tensor(results.get(i)).bitEquals(viewed(rows.get(i)))).isTrue();
      }

      Broadcast<INDArray> broadcast = spark.broadcast(view(33));
      List<Boolean> arrived =
          spark
              .parallelize(rows, 4)
              .map(row -> tensor(broadcast.value()).bitEquals(viewed(33)))
              .collect();
      assertThat(arrived).containsOnly(true).hasSize(4);

      JavaPairRDD<Integer, INDArray> shuffled =
          spark
              .parallelize(rows, 4)
              .mapToPair(row -> new Tuple2<>(row % 2, view(row)))
              .reduceByKey((a, b) -> Nd4j.concat(0, a, b), 2);
      assertThat(tensor(shuffled.lookup(0).get(0)).bitEquals(viewed(2))).isTrue();
      assertThat(shuffled.lookup(1).get(0).shape()).containsExactly(39, 2);
      assertThat(shuffled.lookup(1).get(0).sumNumber().doubleValue())
          .isEqualTo(sum(viewed(1)) + sum(viewed(5)) + sum(viewed(33)));
    } finally {
      session.stop();
    }
  }

  private static double sum(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.floats()) {
      sum += value;
    }
    return sum;
  }

  /** Every element type and odd shapes; NaN and the signs of zeros are kept. */
  @Test
  void everyElementTypeAndShapeIsKept() {
    SparkSession session = TestSpark.freshSession(KRYO);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      for (DType dtype : DType.values()) {
        for (Shape shape : new Shape[] {Shape.SCALAR, Shape.of(0, 3), Shape.of(2, 1, 3)}) {
          INDArray array = NdArrays.toArray(Tensor.zeros(dtype, shape));
          INDArray back = spark.broadcast(array).value();
          assertThat(serialized(session, array).shape()).isEqualTo(array.shape());
          assertThat(back.dataType()).isEqualTo(array.dataType());
        }
      }
      assertThat(tensor(serialized(session, view(5))).bitEquals(viewed(5))).isTrue();
      float[] odd = {Float.NaN, -0f, 0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY};
      Tensor tensor = Tensor.of(Shape.of(5), odd);
      assertThat(tensor(serialized(session, NdArrays.toArray(tensor))).bitEquals(tensor)).isTrue();
    } finally {
      session.stop();
    }
  }

  /** There and back by the session's serializer. */
  private static INDArray serialized(SparkSession session, INDArray array) {
    var serializer =
        new org.apache.spark.serializer.KryoSerializer(session.sparkContext().getConf())
            .newInstance();
    var tag = scala.reflect.ClassTag$.MODULE$.<INDArray>apply(INDArray.class);
    return serializer.deserialize(serializer.serialize(array, tag), tag);
  }
}
