package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.SparkProcesses.Result;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;

/**
 * The bundle as users submit it, to executors in processes of their own: whatever the cluster, the
 * run is that of one process, byte for byte.
 */
class SubmitClusterIT {
  private static final String KRYO = "spark.serializer=org.apache.spark.serializer.KryoSerializer";
  private static final int STEPS = 120;

  @TempDir private static Path folder;

  private static SparkProcesses spark;
  private static String master;

  @BeforeAll
  static void startCluster() throws IOException, InterruptedException {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "local", STEPS).record("spikes").checkpointEvery(50).build());
    spark = new SparkProcesses(Files.createDirectories(folder.resolve("cluster")));
    master = spark.master();
    spark.worker("127.0.0.2", master);
    spark.worker("127.0.0.3", master);
  }

  @AfterAll
  static void stopCluster() {
    spark.close();
  }

  private static Result simulate(String output, String... options)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(List.of("--conf", "spark.ui.enabled=false"));
    return spark.submit(
        all,
        "simulate",
        "--network",
        folder.resolve("network.nir").toString(),
        "--input",
        folder.resolve("events.npy").toString(),
        "--samples",
        String.valueOf(TestRuns.SAMPLES),
        "--steps",
        String.valueOf(STEPS),
        "--output",
        folder.resolve(output).toString(),
        "--record",
        "spikes",
        "--checkpoint-every",
        "50",
        "--range-size",
        "4");
  }

  private static void assertIsLocalRun(String output) {
    TestRuns.assertSameRun(folder.resolve("local"), folder.resolve(output));
    assertThat(TestRuns.spikes(TestSpark.session(), folder.resolve(output)))
        .isEqualTo(TestRuns.spikes(TestSpark.session(), folder.resolve("local")));
  }

  @Test
  void standaloneMasterInClientMode() throws IOException, InterruptedException {
    Result result =
        simulate("client", "--master", master, "--executor-memory", "700m", "--conf", KRYO);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains(TestRuns.SAMPLES + " samples simulated to step " + STEPS);
    assertIsLocalRun("client");
  }

  @Test
  void standaloneMasterInClusterMode() throws IOException, InterruptedException {
    Result result =
        simulate(
            "cluster-mode",
            "--master",
            master,
            "--deploy-mode",
            "cluster",
            "--driver-memory",
            "700m",
            "--executor-memory",
            "700m",
            "--conf",
            "spark.cores.max=1",
            "--conf",
            "spark.standalone.submit.waitAppCompletion=true");
    assertThat(result.exitCode()).as(result.output() + spark.logs()).isZero();
    assertThat(Files.readString(folder.resolve("cluster-mode/_run/status.json")))
        .contains("\"state\":\"finished\"");
    assertIsLocalRun("cluster-mode");
  }

  /** Their jars go to driver and executors by {@code --jars}, whoever starts Spark. */
  @Test
  void modulesOfTheUser() throws IOException, InterruptedException {
    String jar = OwnModule.jar(folder.resolve("own.jar")).toString();
    Result result =
        spark.submit(
            List.of("--master", master, "--executor-memory", "700m", "--jars", jar),
            "simulate",
            "--network",
            OwnModule.network(folder).toString(),
            "--input",
            OwnModule.input(folder).toString(),
            "--steps",
            "6",
            "--output",
            folder.resolve("own").toString());
    assertThat(result.exitCode()).as(result.output() + spark.logs()).isZero();
    List<Integer> counts =
        RunTables.open(TestSpark.session(), folder.resolve("own").toString())
            .results()
            .select("spike_counts")
            .first()
            .getList(0);
    assertThat(counts).isEqualTo(OwnModule.COUNTS);
  }

  @Test
  void localClusterWithPartitionsAndExitCodes() throws IOException, InterruptedException {
    String localCluster = "local-cluster[2,1,1024]";
    Result result =
        simulate("local-cluster", "--master", localCluster, "--conf", "spark.velella.partitions=5");
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertIsLocalRun("local-cluster");
    // spark-submit hands Velella's exit codes on.
    Result refused =
        spark.submit(List.of("--master", localCluster), "resume", folder.resolve("no").toString());
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
    assertThat(refused.output()).contains("is not a run");
    Result help = spark.submit(List.of("--master", localCluster), "simulate", "--help");
    assertThat(help.exitCode()).as(help.output()).isZero();
    assertThat(help.output()).contains("--network").doesNotContain("SparkContext");
  }
}
