package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.vector.VectorBackend;
import org.velella.gpu.driver.CudaProbe;
import org.velella.gpu.driver.CudaProbe.State;
import org.velella.testkit.BackendAvailabilityContract;

class CudaBackendTest extends BackendAvailabilityContract {
  @Override
  protected Backend backend() {
    return new CudaBackend();
  }

  private static String reason(State state, int devices, int driver, String detail) {
    return new CudaBackend(new CudaProbe(state, devices, driver, detail)).availability().reason();
  }

  @Test
  void saysWhatStandsInTheWay() {
    assertThat(reason(State.NO_DRIVER, 0, 0, "")).startsWith("no NVIDIA driver");
    assertThat(reason(State.DRIVER_TOO_OLD, 0, 11040, ""))
        .isEqualTo("the NVIDIA driver is too old (CUDA 11.4, needed 12.0)");
    assertThat(reason(State.NO_DEVICE, 0, 12060, ""))
        .isEqualTo("no CUDA device is visible (driver: CUDA 12.6)");
    assertThat(reason(State.FAILED, 0, 12060, "cudaErrorSystemDriverMismatch"))
        .contains("cudaErrorSystemDriverMismatch");
    assertThat(reason(State.NO_NATIVES, 0, 0, "no such library")).contains("no such library");
  }

  @Test
  void devicesMakeItAvailable() {
    CudaBackend backend = new CudaBackend(new CudaProbe(State.READY, 2, 13000, ""));
    assertThat(backend.availability().available()).isTrue();
    assertThat(backend.availability().reason()).isEqualTo("CUDA devices: 2; driver: CUDA 13.0");
  }

  @Test
  void inputIsDrawnByTheHostsVectorUnit() {
    assertThat(new CudaBackend().inputNoise()).hasSameClassAs(new VectorBackend().inputNoise());
  }

  @Test
  void autoSaysWhyNotCudaAndTakesAnother() {
    assumeFalse(backend().availability().available(), "there is a device");
    Backends.Choice choice = Backends.load().select(Backends.AUTO);
    assertThat(choice.backend().name()).isNotEqualTo("cuda");
    assertThat(choice.reason()).contains("cuda: not used, " + backend().availability().reason());
  }

  @Test
  void namedCudaNeverFallsBack() {
    assumeFalse(backend().availability().available(), "there is a device");
    assertThatThrownBy(() -> Backends.load().select("cuda"))
        .hasMessageContaining("Backend 'cuda' is not available: ");
  }
}
