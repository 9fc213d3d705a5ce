package org.velella.testkit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/** Hands tests their generator and prints how to reproduce a failure; see {@link Seeded}. */
public final class SeededExtension
    implements TestTemplateInvocationContextProvider,
        ParameterResolver,
        AfterTestExecutionCallback {
  /** The system property that fixes the seed. */
  static final String SEED_PROPERTY = "tests.seed";

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final long FRESH_SEED = new SecureRandom().nextLong();

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), Seeded.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Seeded seeded = context.getRequiredTestMethod().getAnnotation(Seeded.class);
    if (seeded.times() < 1) {
      throw new IllegalArgumentException(
          "@Seeded(times = " + seeded.times() + ") runs nothing; give at least 1");
    }
    long first = baseSeed(context);
    // The first repetition takes the seed itself, so a printed seed reproduces in one run.
    return IntStream.range(0, seeded.times()).mapToObj(i -> new Run(first + i * GOLDEN_GAMMA));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SplittableRandom.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return new SplittableRandom(seed(context));
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Throwable failure = context.getExecutionException().orElse(null);
    if (failure != null && !(failure instanceof TestAbortedException)) {
      System.err.println(reproduceLine(context));
    }
  }

  private static String reproduceLine(ExtensionContext context) {
    String module = Path.of(System.getProperty("basedir", "")).toAbsolutePath().toFile().getName();
    Class<?> type = context.getRequiredTestClass();
    String test =
        type.getName().substring(type.getPackageName().length() + 1)
            + "#"
            + context.getRequiredTestMethod().getName();
    return "Reproduce: mvn -pl %s -am test -D%s=%d '-Dtest=%s' -Dsurefire.failIfNoSpecifiedTests=false"
        .formatted(module, SEED_PROPERTY, seed(context), test);
  }

  private static long seed(ExtensionContext context) {
    Long own = context.getStore(namespace(context)).get(SEED_PROPERTY, Long.class);
    return own == null ? baseSeed(context) : own;
  }

  /** A junit-platform property overrides the system property, which the kit's own test uses. */
  private static long baseSeed(ExtensionContext context) {
    String text =
        context
            .getConfigurationParameter(SEED_PROPERTY)
            .orElseGet(() -> System.getProperty(SEED_PROPERTY, ""))
            .strip();
    if (text.isEmpty()) {
      return FRESH_SEED;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-D" + SEED_PROPERTY + "=" + text + " is no 64-bit whole number", e);
    }
  }

  private static ExtensionContext.Namespace namespace(ExtensionContext context) {
    return ExtensionContext.Namespace.create(SeededExtension.class, context.getUniqueId());
  }

  /** One repetition of a {@link Seeded} test. */
  private record Run(long seed) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(
          (org.junit.jupiter.api.extension.BeforeEachCallback)
              context -> context.getStore(namespace(context)).put(SEED_PROPERTY, seed));
    }
  }
}
