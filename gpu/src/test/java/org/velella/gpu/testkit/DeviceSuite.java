package org.velella.gpu.testkit;

import static org.junit.platform.launcher.TagFilter.excludeTags;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs every test {@link OnDevice} of this module where there is no Maven, one line per class. */
public final class DeviceSuite {
  private final Map<String, int[]> classes = new TreeMap<>();
  private final PrintStream out;
  private int failures;

  private DeviceSuite(PrintStream out) {
    this.out = out;
  }

  /** Exits with 1 if something failed, or if nothing ran. */
  public static void main(String[] arguments) throws Exception {
    DeviceSuite suite = new DeviceSuite(System.out);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectors())
            .filters(excludeTags("fake-device"))
            // Drivers take long to translate kernels, and tests of one class do not mind each
            // other.
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .build();
    long begun = System.nanoTime();
    LauncherFactory.create().execute(request, suite.new Listener());
    int passed = suite.print();
    suite.out.printf(
        Locale.ROOT,
        "{\"suite\":\"device\",\"passed\":%d,\"failed\":%d,\"seconds\":%.1f}%n",
        passed,
        suite.failures,
        (System.nanoTime() - begun) * 1e-9);
    System.exit(suite.failures > 0 || passed == 0 ? 1 : 0);
  }

  /** The classes in the jar that this one is in; others than these may lack what they need. */
  private static List<DiscoverySelector> selectors()
      throws IOException, ReflectiveOperationException {
    List<DiscoverySelector> found = new ArrayList<>();
    Path jar =
        Path.of(DeviceSuite.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    try (JarFile classes = new JarFile(jar.toFile())) {
      for (String entry : classes.stream().map(Object::toString).sorted().toList()) {
        if (entry.endsWith("Test.class")) {
          String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
          Class<?> type = Class.forName(name, false, DeviceSuite.class.getClassLoader());
          if (type.isAnnotationPresent(OnDevice.class)) {
            found.add(DiscoverySelectors.selectClass(type));
          }
        }
      }
    }
    return found;
  }

  private int print() {
    int passed = 0;
    for (Map.Entry<String, int[]> entry : classes.entrySet()) {
      int[] counts = entry.getValue();
      out.printf(Locale.ROOT, "%-60s passed %d, failed %d%n", entry.getKey(), counts[0], counts[1]);
      passed += counts[0];
    }
    return passed;
  }

  private static String className(TestIdentifier test) {
    return test.getSource()
        .map(
            source ->
                source instanceof MethodSource method
                    ? method.getClassName()
                    : source instanceof ClassSource type ? type.getClassName() : "other")
        .orElse("other");
  }

  private final class Listener implements TestExecutionListener {
    private final Map<String, Long> begun = new ConcurrentHashMap<>();

    @Override
    public void executionStarted(TestIdentifier test) {
      begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      out.println("skipped: " + test.getDisplayName() + ": " + reason);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
      boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
      if (!failed && !test.isTest()) {
        return;
      }
      double seconds = (System.nanoTime() - begun.get(test.getUniqueId())) * 1e-9;
      out.printf(
          Locale.ROOT, "%.1f s: %s %s%n", seconds, className(test), test.getLegacyReportingName());
      classes.computeIfAbsent(className(test), name -> new int[2])[failed ? 1 : 0]++;
      if (failed) {
        failures++;
        out.println("FAILED: " + className(test) + ": " + test.getDisplayName());
        result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(out));
      }
    }
  }
}
