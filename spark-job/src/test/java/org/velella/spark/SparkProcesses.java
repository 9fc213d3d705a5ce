package org.velella.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Real Spark daemons and {@code spark-submit}, started from the jars that the build uses: a
 * standalone master, and workers that listen on loopback addresses of their own, as if they were
 * other machines.
 */
public final class SparkProcesses implements AutoCloseable {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final long MINUTES = 4;
  private static final String MASTER = "master";

  private final Path folder;
  private final Path home;
  private final Map<String, Process> daemons = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private int logs;

  /**
   * Makes a Spark home of the build's jars.
   *
   * @param folder for the home and the logs
   */
  public SparkProcesses(Path folder) throws IOException {
    this.folder = folder;
    home = Files.createDirectories(folder.resolve("spark"));
    Path jars = Files.createDirectories(home.resolve("jars"));
    for (String jar : Files.readString(TARGET.resolve("spark-classpath")).strip().split(":")) {
      Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
    }
    Files.writeString(home.resolve("RELEASE"), "assembled by a test\n");
    // The submission protocol for cluster mode asks whether there is a launcher here.
    Files.createDirectories(home.resolve("bin"));
  }

  /** Sets a variable for the processes that are started from now on. */
  public SparkProcesses with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** The bundle that users submit. */
  public static Path bundle() {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-bundle.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("No bundle in " + TARGET));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a master and gives its URL. */
  public String master() throws IOException, InterruptedException {
    int port = freePort();
    String[] command = {
      "org.apache.spark.deploy.master.Master",
      "--host",
      "127.0.0.1",
      "--port",
      String.valueOf(port),
      "--webui-port",
      "0"
    };
    daemons.put(MASTER, start(daemonLog("master"), "127.0.0.1", command));
    await("master", "New state: ALIVE");
    return "spark://127.0.0.1:" + port;
  }

  /** Starts a worker of one core that listens on a loopback address. */
  public void worker(String address, String master) throws IOException, InterruptedException {
    String[] command = {
      "org.apache.spark.deploy.worker.Worker",
      "--host",
      address,
      "--cores",
      "1",
      "--memory",
      "1g",
      "--work-dir",
      folder.resolve("work-" + address).toString(),
      "--webui-port",
      "0",
      master
    };
    daemons.put(address, start(daemonLog("worker-" + address), address, command));
    await("worker-" + address, "Successfully registered with master");
  }

  /** The processes that the worker at an address has started: executors and drivers. */
  public List<ProcessHandle> children(String address) {
    return daemons.get(address).descendants().toList();
  }

  /** The worker at an address. */
  public ProcessHandle worker(String address) {
    return daemons.get(address).toHandle();
  }

  /** Kills the worker at an address; what it had started goes on until it notices. */
  public void killWorker(String address) throws InterruptedException {
    daemons.remove(address).destroyForcibly().waitFor();
  }

  /** Kills the master. */
  public void killMaster() throws InterruptedException {
    daemons.remove(MASTER).destroyForcibly().waitFor();
  }

  /**
   * Runs {@code spark-submit} with the bundle and a command of Velella's.
   *
   * @param options of spark-submit, such as {@code --master}
   * @param arguments of Velella
   */
  public Result submit(List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit"));
    command.addAll(options);
    command.addAll(quickStarts());
    command.addAll(List.of("--class", "org.velella.spark.cli.Velella", bundle().toString()));
    command.addAll(Arrays.asList(arguments));
    Path log = folder.resolve("submit-" + logs++ + ".log");
    Process process = start(log, "127.0.0.1", command.toArray(String[]::new));
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("Not done after " + MINUTES + " minutes: " + read(log));
    }
    return new Result(process.exitValue(), read(log));
  }

  /** Lets the processes that Spark itself starts for the command begin as quickly as ours. */
  private static List<String> quickStarts() {
    List<String> settings = new ArrayList<>();
    for (String process : List.of("driver", "executor")) {
      String jars = ChildJvm.sparkClassPath();
      String options = String.join(" ", ChildJvm.quickStart());
      settings.addAll(List.of("--conf", "spark.%s.extraClassPath=%s".formatted(process, jars)));
      settings.addAll(
          List.of("--conf", "spark.%s.extraJavaOptions=%s".formatted(process, options)));
    }
    return settings;
  }

  /**
   * What a process came to.
   *
   * @param output both its streams
   */
  public record Result(int exitCode, String output) {}

  private Process start(Path log, String address, String... command) throws IOException {
    List<String> line = ChildJvm.shortLived();
    line.add("-Xmx512m");
    line.addAll(List.of("-cp", ChildJvm.sparkClassPath()));
    line.addAll(Arrays.asList(command));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_LOCAL_IP", address);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  private Path daemonLog(String name) {
    return folder.resolve(name + ".log");
  }

  private void await(String daemon, String text) throws InterruptedException {
    for (int tenths = 0; tenths < MINUTES * 600; tenths++) {
      if (read(daemonLog(daemon)).contains(text)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(daemon + " did not start: " + read(daemonLog(daemon)));
  }

  /** A worker's log, with those of the executors and drivers that it started. */
  public String logs() {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (name.equals("stderr") || name.equals("stdout")) {
          text.append(file).append(":\n").append(read(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    daemons.values().forEach(Process::destroy);
    for (Process daemon : daemons.values()) {
      try {
        if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
          daemon.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        daemon.destroyForcibly();
      }
    }
  }
}
