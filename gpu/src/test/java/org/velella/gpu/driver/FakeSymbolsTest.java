package org.velella.gpu.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.gpu.testkit.FakeCuda;
import org.velella.gpu.testkit.OnFakeDevice;
import org.velella.testkit.HouseRules;

/** A function that is missing would end the process at its first call. */
@OnFakeDevice
class FakeSymbolsTest {
  private static final String JCUDA = "lib/libJCudaDriver-12.6.0-linux-x86_64.so";

  @TempDir Path folder;

  private static Set<String> called() {
    Set<String> names = new TreeSet<>();
    HouseRules.besides(CudaDevice.class).stream()
        .flatMap(type -> type.getMethodCallsFromSelf().stream())
        .filter(call -> call.getTargetOwner().getName().equals("jcuda.driver.JCudaDriver"))
        .map(JavaMethodCall::getName)
        // JCuda's own, for the function behind it.
        .map(name -> name.replace("cuModuleLoadDataJIT", "cuModuleLoadDataEx"))
        .forEach(names::add);
    return names;
  }

  private static Set<String> symbols(Path library, String which)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("nm", "-D", which, library.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Set<String> names = new TreeSet<>();
    output.lines().map(line -> line.replaceAll(".* ", "")).forEach(names::add);
    return names;
  }

  @Test
  void fakeHasEveryFunctionThatIsCalled() throws IOException, InterruptedException {
    Path jcuda = folder.resolve("jcuda.so");
    try (InputStream library =
        jcuda.driver.JCudaDriver.class.getClassLoader().getResourceAsStream(JCUDA)) {
      Files.copy(library, jcuda);
    }
    Set<String> wanted = symbols(jcuda, "--undefined-only");
    Set<String> defined = symbols(FakeCuda.library(), "--defined-only");
    Set<String> calls = called();
    assertThat(calls).contains("cuMemAlloc", "cuLaunchKernel", "cuModuleLoadDataEx", "cuInit");
    for (String call : calls) {
      Set<String> behind = new TreeSet<>();
      wanted.stream().filter(name -> name.matches(call + "(_v\\d+)?")).forEach(behind::add);
      assertThat(behind).as("what JCuda calls for " + call).isNotEmpty();
      assertThat(defined).as("the fake driver").containsAll(behind);
    }
  }
}
