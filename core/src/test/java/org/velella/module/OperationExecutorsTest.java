package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.tensor.Tensor;

class OperationExecutorsTest {
  /** Found by the tests below only. */
  public static final class Fake implements OperationExecutor {
    @Override
    public Result run(Operation operation, Tensor input, List<Tensor> memories) {
      return new Result(input, memories);
    }
  }

  /** Sees the classes of the tests, and of service files only what is under a folder. */
  private static ClassLoader services(Path folder) throws IOException {
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Fake.class.getClassLoader()) {
      @Override
      public java.util.Enumeration<URL> getResources(String name) throws IOException {
        return findResources(name);
      }
    };
  }

  private static void declare(Path folder) throws IOException {
    Path file = folder.resolve("META-INF/services").resolve(OperationExecutor.class.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, Fake.class.getName());
  }

  @Test
  void laterClassLoadersAreAskedWhenEarlierKnowNone(@TempDir Path without, @TempDir Path with)
      throws IOException {
    declare(with);
    assertThat(OperationExecutors.find(services(without), null, services(with)))
        .isInstanceOf(Fake.class);
  }

  @Test
  void missingEngineIsAnErrorThatSaysWhatToDo(@TempDir Path without) throws IOException {
    ClassLoader loader = services(without);
    assertThatThrownBy(() -> OperationExecutors.find(loader))
        .isInstanceOf(ModuleException.class)
        .hasMessageContaining(OperationExecutor.class.getName())
        .hasMessageContaining("class path");
  }

  @Test
  void executorsOfferNoChoiceOfBackendsUnlessTheySaySo() {
    assertThat(new Fake().backends()).isEmpty();
    assertThatThrownBy(() -> new Fake().on("scalar"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'scalar'");
  }
}
