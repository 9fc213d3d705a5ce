package org.velella.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;

/**
 * Spark's classes as the JVM keeps them once they are loaded and checked (class data sharing). A
 * start of Spark loads some 12,000, and tests start many JVMs. The archive is made once, by a small
 * run when it ends; the JVM itself checks that it fits the Java and the jars, and does without it
 * otherwise.
 */
public final class SparkClassArchive {
  private static List<String> options;

  private SparkClassArchive() {}

  /** Options of a JVM that uses the archive; none where there is none. */
  static synchronized List<String> options() {
    if (options == null) {
      try {
        options = find();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of();
      }
    }
    return options;
  }

  private static List<String> find() throws IOException, InterruptedException {
    CRC32 name = new CRC32();
    name.update((Runtime.version() + ChildJvm.sparkClassPath()).getBytes("UTF-8"));
    Path archive = Path.of("target", "spark-classes-%08x.jsa".formatted(name.getValue()));
    Path guard = Path.of("target", "spark-classes.lock");
    // Tests run in several JVMs at once; the others wait for the first.
    try (FileChannel channel =
            FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(archive)) {
        make(archive);
      }
    }
    return Files.size(archive) == 0
        ? List.of()
        : List.of(
            "-XX:SharedArchiveFile=" + archive.toAbsolutePath(),
            "-Xlog:cds=off",
            "-Xlog:class+path=off");
  }

  private static void make(Path archive) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "spark-classes");
    Path made = work.resolve("archive");
    // Spark loads the tests by a loader of its own, so that the JVM's has Spark's jars only.
    run(
        work,
        "-XX:ArchiveClassesAtExit=" + made,
        "-XX:ErrorFile=" + work.resolve("error"),
        "-cp",
        ChildJvm.sparkClassPath(),
        "org.apache.spark.deploy.SparkSubmit",
        "--master",
        "local[2]",
        "--class",
        SparkClassArchive.class.getName(),
        tests(work.resolve("tests.jar")).toString(),
        work.toString());
    // An empty one says that there is none to be had.
    if (!Files.exists(made)) {
      Files.createFile(made);
    }
    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A jar that has nothing but the class path of the tests. */
  private static Path tests(Path jar) throws IOException {
    String entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, entries);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }

  private static void run(Path work, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(ChildJvm.java());
    command.add(ChildJvm.SHORT_LIVED);
    command.addAll(Arrays.asList(arguments));
    File log = work.resolve("log").toFile();
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start().waitFor();
  }

  /** A small run, in the folder that is given. */
  public static void main(String[] args) {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(Path.of(args[0]), "run", 20).record("spikes").build(),
        RunListener.SILENT);
    TestSpark.session().stop();
  }
}
