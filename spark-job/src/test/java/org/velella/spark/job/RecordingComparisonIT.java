package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.velella.spark.TestSpark;
import org.velella.spark.frame.RunTable;

class RecordingComparisonIT {
  private final RecordingComparison comparison = new RecordingComparison(true);

  private static Dataset<Row> table(RunTable table, Row... rows) {
    return TestSpark.session().createDataFrame(List.of(rows), table.schema());
  }

  private static Row spike(long sample, int step, int neuron) {
    return RowFactory.create(9L, sample, "lif", step, neuron);
  }

  private static Row trace(long sample, int step, Float... values) {
    return RowFactory.create(9L, sample, "lif", "v", step, values);
  }

  /** A neuron that fires twice in a step has two rows. */
  @Test
  void spikesAreCountedInAnyOrder() {
    Dataset<Row> two =
        table(RunTable.SPIKES, spike(1, 2, 0), spike(1, 2, 0), spike(1, 1, 4), spike(2, 0, 0));
    Dataset<Row> same =
        table(RunTable.SPIKES, spike(2, 0, 0), spike(1, 2, 0), spike(1, 1, 4), spike(1, 2, 0));
    assertThat(comparison.spikes(two, same))
        .isEqualTo(new RecordingComparison.Found(4, 0, List.of()));
    Dataset<Row> other = table(RunTable.SPIKES, spike(1, 2, 0), spike(1, 1, 4), spike(3, 7, 1));
    assertThat(comparison.spikes(two, other))
        .isEqualTo(
            new RecordingComparison.Found(
                4,
                3,
                List.of(
                    "trial 9, sample 1, step 2, node lif, neuron 0: spikes were 2 and are 1",
                    "trial 9, sample 2, step 0, node lif, neuron 0: spikes were 1 and are 0",
                    "trial 9, sample 3, step 7, node lif, neuron 1: spikes were 0 and are 1")));
  }

  @Test
  void everyBitOfATraceCounts() {
    float quiet = Float.intBitsToFloat(0x7fc00000);
    float other = Float.intBitsToFloat(0x7fc00001);
    Dataset<Row> was =
        table(
            RunTable.TRACES,
            trace(1, 0, 0.5f, quiet, -0.0f),
            trace(1, 1, 0f, -0.0f),
            trace(1, 2, 0.5f, quiet),
            trace(1, 3, 0.5f, 1f));
    Dataset<Row> is =
        table(
            RunTable.TRACES,
            trace(1, 2, 0.5f, other),
            trace(1, 1, 0f, 0f),
            trace(1, 0, 0.5f, quiet, -0.0f),
            trace(1, 3, 0.5f));
    assertThat(comparison.traces(was, was))
        .isEqualTo(new RecordingComparison.Found(4, 0, List.of()));
    assertThat(comparison.traces(was, is))
        .isEqualTo(
            new RecordingComparison.Found(
                4,
                3,
                List.of(
                    "trial 9, sample 1, step 1, node lif, variable v, neuron 1: was -0.0 (-0x0.0p0)"
                        + " and is 0.0 (0x0.0p0)",
                    "trial 9, sample 1, step 2, node lif, variable v, neuron 1: was NaN (bits"
                        + " 7fc00000) and is NaN (bits 7fc00001)",
                    "trial 9, sample 1, step 3, node lif, variable v: had 2 values and has 1")));
  }

  @Test
  void tracesOnOneSideOnlyAreDifferences() {
    Dataset<Row> was = table(RunTable.TRACES, trace(1, 0, 1f), trace(1, 1, 1f));
    Dataset<Row> is = table(RunTable.TRACES, trace(1, 1, 1f), trace(2, 0, 1f));
    RecordingComparison.Found found = new RecordingComparison(false).traces(was, is);
    assertThat(found.rows()).isEqualTo(2);
    assertThat(found.differences()).isEqualTo(2);
    assertThat(found.first())
        .containsExactly(
            "sample 1, step 0, node lif, variable v: rows recorded: 1, and now: 0",
            "sample 2, step 0, node lif, variable v: rows recorded: 0, and now: 1");
  }

  /** Each is there once, or something was recorded that was computed twice. */
  @Test
  void copiesOfATraceAreDifferences() {
    Dataset<Row> once = table(RunTable.TRACES, trace(1, 0, 1f), trace(1, 1, 1f));
    Dataset<Row> twice = table(RunTable.TRACES, trace(1, 1, 1f), trace(1, 0, 1f), trace(1, 1, 1f));
    assertThat(comparison.traces(twice, once))
        .isEqualTo(
            new RecordingComparison.Found(
                3,
                1,
                List.of(
                    "trial 9, sample 1, step 1, node lif, variable v: rows recorded: 2, and now: 1")));
    assertThat(comparison.traces(twice, twice).differences()).isEqualTo(1);
    assertThat(comparison.traces(once, twice).first())
        .containsExactly(
            "trial 9, sample 1, step 1, node lif, variable v: rows recorded: 1, and now: 2");
  }
}
