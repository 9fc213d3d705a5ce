package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.encoding.LatencyOperation;
import org.velella.network.InputOperation;
import org.velella.network.KeptSteps;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronOperation;
import org.velella.spark.TestSpark;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Trials of a sweep that set learning rules, delays and the cycles of encoders. */
class SweptSynapsesIT {
  private static final int STEPS = 40;
  private static final String ONE =
      "{\"product\": [\"late.steps=2\", \"code.steps=4\", \"fc.rule.rate=0.2\", \"fc.rule.tau_pre=4\"]}";

  @TempDir Path folder;

  @BeforeEach
  void network() throws IOException {
    Files.write(folder.resolve("one.safetensors"), NetworkCodec.toBytes(network(1)));
    Files.write(folder.resolve("other.safetensors"), NetworkCodec.toBytes(network(1.5f)));
  }

  private static Network network(float weight) {
    float[] weights = {weight, 0.5f, 0.25f, 0.75f};
    return Network.builder()
        .node("input", new InputOperation(Shape.of(2)))
        .node("code", new LatencyOperation(3, LatencyOperation.Curve.LINEAR))
        .node("a", new NeuronOperation(BuiltInModels.named("if"), Map.of()))
        .node("late", DelayOperation.of(1))
        .node(
            "fc",
            new PlasticOperation(
                Shape.of(2),
                Shape.of(2),
                null,
                Tensor.of(Shape.of(2, 2), weights),
                StdpRule.of(5, 5).bounds(-2, 2)))
        .node("b", new NeuronOperation(BuiltInModels.named("if"), Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "code")
        .edge("code", "a")
        .edge("a", "late")
        .edge("late", "fc", PlasticOperation.X)
        .edge("late", "fc", PlasticOperation.PRE)
        .edge("b", "fc", PlasticOperation.POST)
        .edge("fc", "b")
        .edge("b", "output")
        .build();
  }

  private RunConfig.Builder sweep(String output, String space) {
    return RunConfig.builder()
        .network(folder.resolve("one.safetensors").toString())
        .input("poisson:rate=300")
        .inputFormat("stimulus")
        .samples(3)
        .steps(STEPS)
        .dt(1e-3)
        .output(folder.resolve(output).toString())
        .space(space);
  }

  private static RunOutcome run(RunConfig.Builder config) {
    return SimulateJob.run(TestSpark.session(), config.build());
  }

  private List<String> rows(String output, String where) {
    return RunTables.open(TestSpark.session(), folder.resolve(output).toString())
        .results()
        .where(where)
        .selectExpr("trial_id", "sample_id", "spike_counts", "first_spike_step", "rate")
        .sort("sample_id")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  private Network kept(String output) {
    return RunDirectory.of(
            folder.resolve(output).toString(),
            TestSpark.session().sparkContext().hadoopConfiguration())
        .network();
  }

  /** Combinations of delays, cycles and rules, and a trial with other weights beside them. */
  private String space(String delays) {
    return """
        {"union": [
          {"product": ["late.steps=%s", "code.steps=2,4", "fc.rule.rate=0.01,0.2", "fc.rule.tau_pre=4"]},
          {"product": ["late.steps=6", "weights=%s"]}
        ]}
        """
        .formatted(delays, folder.resolve("other.safetensors"));
  }

  @Test
  void aTrialInASweepIsTheTrialAlone() {
    RunOutcome outcome = run(sweep("all", space("0,2,7,2.5")).rangeSize(9));
    assertThat(outcome.failed()).as("trials with half a step").isEqualTo(4);
    assertThat(KeptSteps.of(kept("all"))).isEqualTo(Map.of("late", 7, "code", 3));
    run(sweep("one", ONE).tileSize(2).backend("scalar"));
    assertThat(KeptSteps.of(kept("one"))).isEqualTo(Map.of("late", 2, "code", 3));
    String where = "`late.steps` = 2 AND `code.steps` = 4 AND `fc.rule.rate` = 0.2";
    assertThat(rows("all", where)).isEqualTo(rows("one", "true")).hasSize(3);
    assertThat(rows("all", "weights IS NOT NULL")).hasSize(3);
    assertThat(
            RunTables.open(TestSpark.session(), folder.resolve("all").toString())
                .results()
                .select("spike_counts", "first_spike_step")
                .distinct()
                .count())
        .as("trials that differ")
        .isGreaterThan(8);
    assertThatThrownBy(() -> run(sweep("all", space("0,2,8"))))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("delays late by 8 steps", "keep 7", "a sweep of their own");
    run(sweep("all", space("0,2,3")));
    assertThat(rows("all", where)).isEqualTo(rows("one", "true"));
    assertThat(rows("all", "`late.steps` = 3")).hasSize(12);
    run(sweep("plain", "\"late.steps=1\""));
    assertThatThrownBy(() -> run(sweep("plain", "\"code.steps=2\"")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("sets the cycle of code", "a sweep of their own");
  }
}
