package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.module.MemoryScope;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.RunStores;
import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

/**
 * The newest states of ranges as rows, one for each memory of each sample. A file is verified as
 * resuming verifies it before its first row is given.
 */
public final class ReadStates implements FlatMapFunction<byte[], Row> {
  /** What the rows are. */
  public static final StructType SCHEMA =
      StructType.fromDDL(
          "trial_id BIGINT NOT NULL, sample_id BIGINT NOT NULL, step BIGINT NOT NULL,"
              + " memory STRING NOT NULL, dtype STRING NOT NULL, shape ARRAY<INT> NOT NULL,"
              + " values ARRAY<FLOAT>, doubles ARRAY<DOUBLE>, integers ARRAY<BIGINT>");

  private static final long serialVersionUID = 1L;

  private final String runDirectory;
  private final HadoopConf conf;
  private final byte[] identity;

  /**
   * @param runDirectory an absolute URI
   * @param identity what all files must belong to
   */
  public ReadStates(String runDirectory, HadoopConf conf, RunIdentity identity) {
    this.runDirectory = runDirectory;
    this.conf = conf;
    this.identity = identity.bytes();
  }

  /**
   * The rows of a range as {@link RangeEntry#bytes} has it.
   *
   * @throws org.velella.checkpoint.CheckpointException if its newest file is damaged, missing, or
   *     of something else
   */
  @Override
  public Iterator<Row> call(byte[] range) throws IOException {
    RunIdentity run = RunIdentity.of(identity);
    RangeState state =
        RangeFile.read(
            RunStores.open(URI.create(runDirectory), conf.toConfiguration()),
            run,
            RangeEntry.of(range).current().orElseThrow());
    return IntStream.range(0, state.samples())
        .boxed()
        .flatMap(row -> rows(run, state, row).stream())
        .iterator();
  }

  private static List<Row> rows(RunIdentity run, RangeState state, int row) {
    Tensor trials = state.accumulators().get(TaskSpec.TRIAL_ID);
    long trial = trials == null ? 0 : trials.longs()[row];
    long sample = state.sampleIds().longs()[row];
    List<Row> rows = new ArrayList<>();
    for (MemoryEntry memory : run.memories()) {
      Tensor all = state.memories().get(memory.name());
      boolean own = memory.scope() == MemoryScope.PER_SAMPLE;
      Tensor one = own ? all.rows(row, row + 1) : all;
      rows.add(
          RowFactory.create(
              trial,
              sample,
              state.step(),
              memory.name(),
              memory.dtype().code(),
              memory.shape().toArray(),
              one.dtype() == DType.FLOAT32 ? one.floats() : null,
              one.dtype() == DType.FLOAT64 ? one.doubles() : null,
              integers(one)));
    }
    return rows;
  }

  /** The elements of a type that is none of fractions; null for others. */
  private static long[] integers(Tensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32, FLOAT64 -> null;
      case INT64 -> tensor.longs();
      case INT32 -> IntStream.of(tensor.ints()).asLongStream().toArray();
      case UINT8, BOOL ->
          IntStream.range(0, tensor.size()).mapToLong(i -> tensor.bytes()[i] & 0xff).toArray();
    };
  }
}
