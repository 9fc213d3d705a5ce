package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.provenance.CanonicalJson;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Commands from arguments to exit code, messages and files, on the shipped example. */
class VelellaIT {
  private static final String NETWORK = Path.of("example", "orientations.nir").toString();
  private static final String EVENTS = Path.of("example", "events.npy").toString();

  @TempDir Path folder;

  @BeforeEach
  void startSpark() {
    // Commands take the session that runs, so that not every test starts Spark.
    TestSpark.session();
  }

  private CommandLineRun simulate(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("simulate", "--network", NETWORK, "--input", EVENTS, "--output", run()));
    args.addAll(Arrays.asList(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private String run() {
    return folder.resolve("run").toString();
  }

  private static void assertRefused(CommandLineRun run, String... parts) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(parts).doesNotContain("\tat ");
    assertThat(run.err().lines().filter(line -> line.startsWith("velella: "))).isNotEmpty();
  }

  @Test
  void exampleIsSimulatedResumedAndQueried() throws IOException {
    CommandLineRun simulated =
        simulate(
            "--steps=200",
            "--record=spikes",
            "--backend=scalar",
            "--checkpoint-every=auto",
            "--mtbf=20h",
            "--samples=16,0:1000");
    assertThat(simulated.exitCode()).as(simulated.err()).isZero();
    assertThat(simulated.out())
        .contains("16 samples simulated to step 200", "on backend scalar; 0 failed");
    // Sample s shows orientation s mod 4, and the example's network sees it.
    List<String> table =
        simulated.out().lines().filter(line -> line.matches(" +[0-9]+ +[0-9] +\\[.*")).toList();
    assertThat(table).hasSize(10);
    for (int sample = 0; sample < table.size(); sample++) {
      assertThat(table.get(sample).strip().split(" +"))
          .startsWith(String.valueOf(sample), String.valueOf(sample % 4));
    }

    CommandLineRun resumed = CommandLineRun.of("resume", run(), "--steps", "+50", "--show", "0");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out()).contains("16 samples simulated to step 250");

    CommandLineRun again = CommandLineRun.of("reproduce", run(), "--samples=3:5", "--backend=auto");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out())
        .contains(
            "samples simulated again to step 250", "equal: every bit", "recorded spikes and 0");
    CommandLineRun json =
        CommandLineRun.of("reproduce", run(), "--samples=3:5", "--json", "--without-recordings");
    assertThat(json.exitCode()).as(json.err()).isZero();
    assertThat(CanonicalJson.parse(json.out(), "what was printed").toString())
        .contains(
            "\"compared\":[\"memories\",\"spike_counts\",\"first_spike_step\",\"results\"]",
            "\"record\":\"spikes\",\"spikes\":0",
            "\"equal\":true,\"differences\":[]");
    assertRefused(CommandLineRun.of("reproduce", run(), "--all", "--trial=1"), "one of the two");

    Path csv = folder.resolve("counts.csv");
    CommandLineRun query =
        CommandLineRun.of(
            "sql",
            run(),
            "SELECT sample_id, spike_counts, steps, CAST(NULL AS INT) AS nothing FROM results"
                + " ORDER BY sample_id",
            "--csv",
            csv.toString());
    assertThat(query.exitCode()).as(query.err()).isZero();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(17).startsWith("sample_id,spike_counts,steps,nothing");
    assertThat(lines.get(3)).matches("2,\"\\[[0-9]+,[0-9]+,[0-9]+,[0-9]+]\",250,");

    CommandLineRun counts =
        CommandLineRun.of("sql", run(), "SELECT node FROM spikes GROUP BY node ORDER BY node");
    assertThat(counts.out()).isEqualTo("node\nlif1\nlif2\n");
  }

  @Test
  void dryRunChecksAndWritesNothing() {
    CommandLineRun plan = simulate("--steps", "200", "--dry-run");
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("16 samples", "npy events", "144 inputs", "a new run", "Nothing was written")
        .contains("left to do   3200 samples times steps")
        .containsPattern("tiles        of up to [1-9][0-9]* samples")
        .containsPattern("time         about [0-9]+ s of simulating, at [0-9.e+]+ samples");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void branchGoesOnWithOtherParametersAndLeavesTheRunAlone() throws IOException {
    assertThat(simulate("--steps", "60").exitCode()).isZero();
    String status = Files.readString(folder.resolve("run/_run/status.json"));
    String branch = folder.resolve("branch").toString();
    String[] command = {
      "resume", run(), "--steps", "+40", "--output", branch, "--set", "lif2.v_threshold=100"
    };
    List<String> dry = new ArrayList<>(Arrays.asList(command));
    dry.add("--dry-run");
    CommandLineRun plan = CommandLineRun.of(dry.toArray(String[]::new));
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("steps        100", "a new run", "Nothing was written");
    assertThat(folder.resolve("branch")).doesNotExist();

    CommandLineRun branched = CommandLineRun.of(command);
    assertThat(branched.exitCode()).as(branched.err()).isZero();
    assertThat(branched.out()).contains("16 samples simulated to step 100");
    assertThat(Files.readString(folder.resolve("run/_run/status.json"))).isEqualTo(status);
    // With such a threshold nothing fires any more, so the counts are those at step 60.
    String counts = "SELECT sample_id, spike_counts FROM results ORDER BY sample_id";
    assertThat(CommandLineRun.of("sql", branch, counts).out())
        .isEqualTo(CommandLineRun.of("sql", run(), counts).out());

    assertRefused(CommandLineRun.of("resume", run(), "--set", "lif2.tau=3"), "--output");
    assertRefused(
        CommandLineRun.of(
            "resume", run(), "--steps", "+1", "--set", "lif2.tua=3", "--output", branch + "2"),
        "lif2.tua",
        "lif2.tau");
  }

  @Test
  void branchWhoseInputIsGoneLeavesNothingBehind() throws IOException {
    Path events = Files.copy(Path.of(EVENTS), folder.resolve("mine.npy"));
    CommandLineRun run =
        CommandLineRun.of(
            "simulate",
            "--network",
            NETWORK,
            "--input",
            events.toString(),
            "--steps",
            "5",
            "--output",
            run());
    assertThat(run.exitCode()).as(run.err()).isZero();
    Files.delete(events);
    Path branch = folder.resolve("branch");
    assertRefused(
        CommandLineRun.of("resume", run(), "--steps", "+5", "--output", branch.toString()),
        "mine.npy");
    assertThat(branch).doesNotExist();
  }

  @Test
  void sameCommandAgainContinuesAndAnotherIsRefused() {
    assertThat(simulate("--steps", "100").exitCode()).isZero();
    assertThat(simulate("--steps", "100", "--partitions", "1").exitCode()).isZero();
    assertRefused(simulate("--steps", "100", "--seed", "5"), "another run", "--seed was '0'");
    assertRefused(simulate("--steps", "50"), "already goes to 100 steps");
  }

  @Test
  void probesAreComparedAsWhatTheyRecord() {
    assertThat(simulate("--steps", "20", "--record", "spikes,v:lif2").exitCode()).isZero();
    for (String same : List.of("v:lif2,,spikes,", "spikes:lif2, spikes:lif1,v:lif2,v:lif2")) {
      CommandLineRun again = simulate("--steps", "20", "--record", same);
      assertThat(again.exitCode()).as(again.err()).isZero();
    }
    assertRefused(simulate("--steps", "20", "--record", "spikes"), "another run", "--record was");
  }

  @Test
  void backendThatIsKnownButNotHereHasItsOwnExitCode() {
    CommandLineRun run = simulate("--steps", "5", "--backend", "cuda");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
    assertThat(run.err()).contains("Backend 'cuda' is not available");
  }

  @Test
  void wrongUsageIsRefusedBeforeAnythingStarts() throws IOException {
    assertRefused(simulate("--steps", "-1"), "--steps is -1");
    assertRefused(simulate(), "Missing required option", "--steps");
    assertRefused(simulate("--steps", "10", "--stepss", "1"), "Unknown option", "--stepss");
    assertRefused(simulate("--stps", "10"), "Unknown option: '--stps'");
    assertRefused(simulate("--steps", "ten"), "'--steps'", "'ten' is not a whole number");
    assertRefused(simulate("--steps", "9999999999999999999"), "'--steps'", "out of range");
    assertRefused(simulate("--steps", "5", "--tile-size", "3e9"), "'3e9' is not a whole number");
    assertRefused(simulate("--steps", "5", "--tile-size", "3000000000"), "to 2147483647");
    assertRefused(simulate("--steps", "5", "--dt", "1ms"), "'--dt'", "'1ms' is not a number");
    assertRefused(
        CommandLineRun.of("resume", run(), "--output", "b", "--set", "lif.tau=low"),
        "'low' is not a number");
    assertRefused(simulate("--steps", "5", "--backend", "vectr"), "no backend 'vectr'", "scalar");
    assertRefused(simulate("--steps", "10", "--dt", "0"), "--dt is 0.0");
    assertRefused(
        simulate("--steps", "10", "--record", "v:nothing"), "--record", "nothing", "lif1");
    assertRefused(simulate("--steps", "10", "--convention", "nest"), "nest", "norse", "spyx");
    assertRefused(CommandLineRun.of("resume", run()), "is not a run");
    assertRefused(CommandLineRun.of("resume", run(), "--steps", "100"), "+K");
    assertRefused(CommandLineRun.of("sql", run(), "SELECT 1"), "is not a run");
    assertRefused(CommandLineRun.of("simulat"), "simulat");
    assertRefused(CommandLineRun.of(), "give a command");
    assertRefused(CommandLineRun.of("inspect"), "--backends");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  /** A broken file is no fault of the query. */
  @Test
  void tablesThatCannotBeReadAreNoWrongUsage() throws IOException {
    assertThat(simulate("--steps", "3").exitCode()).isZero();
    Path results = folder.resolve("run/results");
    try (Stream<Path> files = Files.list(results)) {
      for (Path file : files.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        // Behind Parquet's first magic number and before its footer.
        java.util.Arrays.fill(bytes, 4, bytes.length / 3, (byte) 0x5a);
        Files.write(file, bytes);
      }
    }
    String all = "SELECT sum(size(spike_counts)), max(sample_id) FROM results";
    CommandLineRun damaged = CommandLineRun.of("sql", run(), all);
    assertThat(damaged.exitCode()).as(damaged.err()).isEqualTo(1);
    assertThat(damaged.err())
        .contains("cannot be read; velella inspect", "velella resume")
        .doesNotContain("The query cannot be run", "please report it", "\tat ");
    try (Stream<Path> files = Files.list(results)) {
      for (Path file : files.toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    assertThat(CommandLineRun.of("sql", run(), all).exitCode()).isEqualTo(1);
  }

  @Test
  void wrongQueriesAndTargetsOfThemAreRefused() throws IOException {
    assertThat(simulate("--steps", "3").exitCode()).isZero();
    CommandLineRun unknown = CommandLineRun.of("sql", run(), "SELECT * FROM nope");
    assertRefused(unknown, "cannot be run", "nope");
    assertThat(unknown.err()).doesNotContain("UnresolvedRelation");
    assertRefused(CommandLineRun.of("sql", run(), "SELEKT"), "SELEKT");
    assertRefused(CommandLineRun.of("sql", run(), "SELECT element_at(array(1), 0)"), "index 0");
    String counts = "SELECT element_at(array(1), int(steps - 3)) FROM results";
    String csv = folder.resolve("x.csv").toString();
    assertRefused(CommandLineRun.of("sql", run(), counts, "--csv", csv), "index 0");
    assertRefused(CommandLineRun.of("sql", run(), counts, "--limit", "-1"), "--limit is -1");
    String all = "SELECT * FROM results";
    String most = String.valueOf(Integer.MAX_VALUE);
    assertThat(CommandLineRun.of("sql", run(), all, "--limit", most).exitCode()).isZero();
    assertRefused(CommandLineRun.of("sql", run(), all, "--csv", run()), "is a directory");
    String nowhere = folder.resolve("no/x.csv").toString();
    assertRefused(CommandLineRun.of("sql", run(), all, "--csv", nowhere), "no directory");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("run"));
    }
  }

  @Test
  void directoriesThatCannotTakeARunAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine");
    String[] command = {
      "simulate", "--network", NETWORK, "--input", EVENTS, "--steps", "3", "--output", ""
    };
    String[][] refused = {
      {file.toString(), "is a file"},
      {file.resolve("run").toString(), "Cannot write to the output directory"},
      {folder.resolve("x".repeat(300)).toString(), "Cannot write to the output directory"},
      {"gs://bucket/run", "A run cannot be written to gs://bucket/run"},
    };
    for (String[] each : refused) {
      command[command.length - 1] = each[0];
      assertRefused(CommandLineRun.of(command), each[1]);
    }
    assertThat(file).hasContent("mine");
  }

  /** Spark takes such names for patterns unless it is told otherwise. */
  @Test
  void runsMayLieInDirectoriesOfAnyName() {
    String run = folder.resolve("a run [2] {x,y} 50%").toString();
    CommandLineRun simulated =
        CommandLineRun.of(
            "simulate",
            "--network",
            NETWORK,
            "--input",
            EVENTS,
            "--steps",
            "40",
            "--record",
            "spikes",
            "--output",
            run);
    assertThat(simulated.exitCode()).as(simulated.err()).isZero();
    assertThat(simulated.out()).contains("all results: velella sql '" + run + "' 'SELECT");
    CommandLineRun count = CommandLineRun.of("sql", run, "SELECT count(*) > 0 AS any FROM spikes");
    assertThat(count.out()).as(count.err()).isEqualTo("any\ntrue\n");
  }

  @Test
  void wrongFilesAreRefusedByName() throws IOException {
    Path text = Files.writeString(folder.resolve("text.nir"), "not HDF5");
    Path narrow =
        TestRuns.write(
            folder.resolve("narrow.npy"),
            Tensor.zeros(org.velella.tensor.DType.FLOAT32, Shape.of(4, 7)));
    String[][] refused = {
      {"missing.nir", EVENTS, "no network file", "missing.nir"},
      {text.toString(), EVENTS, "is no network", "HDF5"},
      {NETWORK, "missing.npy", "no input", "missing.npy"},
      {NETWORK, narrow.toString(), "7", "144"},
      {folder.toString(), EVENTS, "is a directory", "network"},
      {NETWORK, text.toString(), "is no Parquet file", "--input-format"},
    };
    for (String[] each : refused) {
      CommandLineRun run =
          CommandLineRun.of(
              "simulate",
              "--network",
              each[0],
              "--input",
              each[1],
              "--steps",
              "5",
              "--output",
              run());
      assertRefused(run, each[2], each[3]);
    }
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run").resolve("notes.txt"), "mine");
    assertRefused(simulate("--steps", "5"), "not empty", "notes.txt");
  }

  @Test
  void badSamplesEndInFailuresAndExitCodeThree() throws IOException {
    float[] values = new float[3 * 144];
    values[144 + 5] = Float.NaN;
    Path input = TestRuns.write(folder.resolve("nan.npy"), Tensor.of(Shape.of(3, 144), values));
    CommandLineRun run =
        CommandLineRun.of(
            "simulate",
            "--network",
            NETWORK,
            "--input",
            input.toString(),
            "--steps",
            "5",
            "--output",
            run());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.out()).contains("2 samples simulated", "1 failed", "SELECT * FROM failures");
    CommandLineRun failures =
        CommandLineRun.of("sql", run(), "SELECT sample_id, reason FROM failures");
    assertThat(failures.out()).isEqualTo("sample_id  reason\n        1  not_finite\n");
  }

  @Test
  void inspectShowsNetworksRunsAndBackends() {
    CommandLineRun network = CommandLineRun.of("inspect", NETWORK);
    assertThat(network.exitCode()).as(network.err()).isZero();
    assertThat(network.out()).contains("reset=value", "lif1", "v [4, 12, 12]", "SumPool2d");
    assertThat(CommandLineRun.of("inspect", "--backends").out()).contains("scalar", "yes");
    simulate("--steps", "20", "--checkpoint-every", "10");
    CommandLineRun run = CommandLineRun.of("inspect", run());
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("complete  true", "lif2.v  F32  [4]  per-sample", "20");
    // Whoever resumes may stand in another directory.
    assertThat(run.out())
        .contains(
            "  input  file:" + Path.of(EVENTS).toAbsolutePath(),
            "  network  file:" + Path.of(NETWORK).toAbsolutePath());
    assertThat(CommandLineRun.of("inspect", run(), "--json").out()).contains("\"range_size\"");
    assertRefused(CommandLineRun.of("inspect", folder.resolve("no").toString()), "no network file");
  }

  @Test
  void configurationFileGivesOptionsAndTheCommandLineWins() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("job.yaml"),
            "network: %s\ninput: %s\nsteps: 30\nrecord: [spikes, 'v:lif2']\ndry-run: true\n"
                .formatted(NETWORK, EVENTS));
    CommandLineRun plan =
        CommandLineRun.of(
            "simulate", "--config", config.toString(), "--output", run(), "--steps", "40");
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("steps        40", "Nothing was written");

    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "stepz: 3\n");
    assertRefused(
        CommandLineRun.of("simulate", "--config=" + wrong), "'stepz'", "no option", "steps");
    Path list = Files.writeString(folder.resolve("list.yaml"), "- 3\n");
    assertRefused(CommandLineRun.of("simulate", "--config=" + list), "must hold option names");
    assertRefused(CommandLineRun.of("simulate", "--config=none.yaml"), "no configuration file");
  }
}
