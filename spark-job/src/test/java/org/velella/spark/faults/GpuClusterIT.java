package org.velella.spark.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.SparkProcesses;
import org.velella.spark.SparkProcesses.Result;
import org.velella.spark.TestRuns;

/**
 * The {@code cuda} backend as users submit it, on the fake CUDA driver of the gpu module: whatever
 * its devices do, a run has the undisturbed hash. Skipped, with a word, where that module has not
 * been built or there is no gcc.
 */
class GpuClusterIT {
  private static final Path GPU = Path.of("..", "gpu").toAbsolutePath().normalize();

  @TempDir private static Path folder;

  private static String expected;
  private static String jars;
  private static Path driver;

  @BeforeAll
  static void buildDriver() throws IOException, InterruptedException {
    Path classpath = GPU.resolve("target/gpu-classpath");
    assumeTrue(Files.exists(classpath), "The gpu module has not been packaged");
    driver = Files.createDirectories(folder.resolve("driver"));
    assumeTrue(buildFake(driver), "There is no gcc to build the fake CUDA driver with");
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(GPU.resolve("target"))) {
      files
          .map(Path::toString)
          .filter(file -> file.matches(".*/velella-gpu-[^/]*\\.jar"))
          .filter(file -> !file.contains("-tests") && !file.contains("-sources"))
          .forEach(all::add);
    }
    all.addAll(List.of(Files.readString(classpath).strip().split(":")));
    jars = String.join(",", all);
    expected = FaultCluster.undisturbed(folder);
  }

  private static boolean buildFake(Path target) throws IOException, InterruptedException {
    Path sources = GPU.resolve("src/test/c");
    List<String> command = new ArrayList<>(List.of("gcc", "-O2", "-std=gnu11", "-shared", "-fPIC"));
    command.addAll(List.of("-ffp-contract=off", "-frounding-math", "-fvisibility=hidden"));
    command.addAll(List.of("-Wl,-soname,libcuda.so.1", "-o", target + "/libcuda.so.1"));
    command.addAll(List.of(sources + "/fakecuda.c", sources + "/ptx.c", "-lpthread", "-lm"));
    try {
      Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(gcc.getInputStream().readAllBytes(), UTF_8);
      assertThat(gcc.waitFor()).as(output).isZero();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Two devices, unless a test says otherwise. */
  private static SparkProcesses spark(String name, Map<String, String> environment)
      throws IOException {
    SparkProcesses spark = new SparkProcesses(Files.createDirectories(folder.resolve(name)));
    spark.with("LD_LIBRARY_PATH", driver.toString());
    environment.forEach(spark::with);
    return spark;
  }

  private static Result simulate(SparkProcesses spark, String run, String backend, String... submit)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(List.of("--jars", jars));
    options.addAll(List.of("--conf", "spark.ui.enabled=false"));
    options.addAll(List.of(submit));
    return spark.submit(
        options,
        "simulate",
        "--network",
        folder.resolve("network.nir").toString(),
        "--input",
        folder.resolve("events.npy").toString(),
        "--samples",
        String.valueOf(TestRuns.SAMPLES),
        "--steps",
        String.valueOf(FaultCluster.STEPS),
        "--output",
        folder.resolve(run).toString(),
        "--record",
        FaultCluster.RECORD,
        "--checkpoint-every",
        String.valueOf(FaultCluster.EVERY),
        "--range-size",
        "4",
        "--tile-size",
        "3",
        "--backend",
        backend);
  }

  private static void assertUndisturbed(String run, Result result) {
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(RunHash.of(folder.resolve(run))).as(result.output()).isEqualTo(expected);
  }

  private static JsonNode json(String run, String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(run).resolve(file).toFile());
  }

  private static TreeSet<String> devices(String run) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    json(run, "_run/status.json")
        .path("devices")
        .fieldNames()
        .forEachRemaining(name -> names.add(name.replaceAll(" \\(.*", "")));
    return names;
  }

  @Test
  void tasksGoRoundTheDevices() throws IOException, InterruptedException {
    SparkProcesses spark = spark("round", Map.of());
    Result inspected = spark.submit(List.of("--jars", jars), "inspect", "--backends");
    assertThat(inspected.exitCode()).as(inspected.output()).isZero();
    assertThat(inspected.output()).contains("Fake device 0", "Fake device 1", "1.0 GiB");
    Result result = simulate(spark, "round-run", "auto", "--master", "local[2]");
    assertUndisturbed("round-run", result);
    assertThat(devices("round-run")).containsExactly("Fake device 0", "Fake device 1");
    for (JsonNode use : json("round-run", "_run/status.json").get("devices")) {
      assertThat(use.get("launches").longValue()).isPositive();
      assertThat(use.get("kernel_nanos").longValue()).isPositive();
      assertThat(use.get("bytes_in").longValue()).isPositive();
      assertThat(use.get("bytes_out").longValue()).isPositive();
    }
    assertThat(json("round-run", "_run/run.json").toString()).contains("cuda");
    assertThat(FaultCluster.backends(folder.resolve("round-run"))).containsExactly("cuda");
  }

  @Test
  void withoutADriverOneLineSaysSo() throws IOException, InterruptedException {
    SparkProcesses spark = spark("none", Map.of("LD_LIBRARY_PATH", ""));
    Result auto = simulate(spark, "none-run", "auto", "--master", "local[2]");
    assertUndisturbed("none-run", auto);
    assertThat(auto.output().lines().filter(line -> line.startsWith("velella: backend ")))
        .singleElement()
        .asString()
        .contains("cuda: not used, no NVIDIA driver", "using ");
    assertThat(auto.output()).doesNotContain("\tat ");
    Result asked = simulate(spark, "none-asked", "cuda", "--master", "local[2]");
    assertThat(asked.exitCode()).as(asked.output()).isEqualTo(6);
    assertThat(folder.resolve("none-asked")).doesNotExist();
  }

  /** One allocation that fails: a smaller tile goes on, on the only device that is not hidden. */
  @Test
  void smallerTilesGoOnAndHiddenDevicesAreNotUsed() throws IOException, InterruptedException {
    SparkProcesses spark =
        spark("tiles", Map.of("FAKECUDA_FAIL_ALLOCATION", "30", "CUDA_VISIBLE_DEVICES", "1"));
    Result result = simulate(spark, "tiles-run", "cuda", "--master", "local[1]");
    assertUndisturbed("tiles-run", result);
    assertThat(FaultCluster.backends(folder.resolve("tiles-run"))).containsExactly("cuda");
    assertThat(devices("tiles-run")).containsExactly("Fake device 1");
  }

  @Test
  void lostDeviceIsLeft() throws IOException, InterruptedException {
    SparkProcesses spark = spark("lost", Map.of("FAKECUDA_LOSE_AT_LAUNCH", "60"));
    Result result = simulate(spark, "lost-run", "auto", "--master", "local[2]");
    assertUndisturbed("lost-run", result);
    assertThat(result.output()).contains("a device failed").contains("is lost");
    assertThat(FaultCluster.backends(folder.resolve("lost-run"))).contains("vector");
  }

  /** Spark assigns devices to executors; a lost one costs its executor, and the run goes on. */
  @Test
  void executorsOwnDevices() throws IOException, InterruptedException {
    Path discovery = folder.resolve("discover");
    Files.writeString(discovery, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"1\"]}'\n");
    Files.setPosixFilePermissions(discovery, PosixFilePermissions.fromString("rwxr-xr-x"));
    SparkProcesses spark = spark("owned", Map.of());
    Result result =
        simulate(
            spark,
            "owned-run",
            "cuda",
            "--master",
            "local-cluster[2,1,1024]",
            "--conf",
            "spark.worker.resource.gpu.amount=1",
            "--conf",
            "spark.worker.resource.gpu.discoveryScript=" + discovery,
            "--conf",
            "spark.executor.resource.gpu.amount=1",
            "--conf",
            "spark.executor.cores=1");
    assertUndisturbed("owned-run", result);
    assertThat(result.output()).contains("each task takes one of a GPU");
    assertThat(devices("owned-run")).containsExactly("Fake device 1");
  }

  @Test
  void executorThatLosesItsDeviceIsReplaced() throws IOException, InterruptedException {
    Path token = Files.createFile(folder.resolve("token"));
    SparkProcesses spark =
        spark(
            "replaced",
            Map.of("FAKECUDA_LOSE_AT_LAUNCH", "60", "FAKECUDA_LOSE_TOKEN", token.toString()));
    Result result = simulate(spark, "replaced-run", "cuda", "--master", "local-cluster[2,1,1024]");
    assertUndisturbed("replaced-run", result);
    assertThat(token).doesNotExist();
    assertThat(FaultCluster.backends(folder.resolve("replaced-run"))).containsExactly("cuda");
    assertThat(result.output()).contains("Lost executor");
  }
}
