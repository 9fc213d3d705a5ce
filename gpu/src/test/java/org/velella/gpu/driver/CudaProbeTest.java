package org.velella.gpu.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.velella.gpu.driver.CudaProbe.State;

/** Numbers are CUDA's own: cudaError_t in driver_types.h of the CUDA toolkit. */
class CudaProbeTest {
  private static final int SUCCESS = 0;
  private static final int INITIALIZATION_ERROR = 3;
  private static final int INSUFFICIENT_DRIVER = 35;
  private static final int NO_DEVICE = 100;
  private static final int SYSTEM_DRIVER_MISMATCH = 803;

  @Test
  void devicesMakeItReady() {
    assertThat(CudaProbe.of(SUCCESS, 2, 12060)).isEqualTo(new CudaProbe(State.READY, 2, 12060, ""));
  }

  @Test
  void successWithoutDevicesIsNoDevice() {
    assertThat(CudaProbe.of(SUCCESS, 0, 12060).state()).isEqualTo(State.NO_DEVICE);
    assertThat(CudaProbe.of(NO_DEVICE, 7, 12060))
        .isEqualTo(new CudaProbe(State.NO_DEVICE, 0, 12060, ""));
  }

  @Test
  void absentDriverIsToldFromAnOldOne() {
    assertThat(CudaProbe.of(INSUFFICIENT_DRIVER, 0, 0).state()).isEqualTo(State.NO_DRIVER);
    assertThat(CudaProbe.of(INSUFFICIENT_DRIVER, 0, 11040))
        .isEqualTo(new CudaProbe(State.DRIVER_TOO_OLD, 0, 11040, ""));
  }

  @Test
  void otherErrorsKeepTheirNames() {
    assertThat(CudaProbe.of(SYSTEM_DRIVER_MISMATCH, 0, 12060))
        .isEqualTo(new CudaProbe(State.FAILED, 0, 12060, "cudaErrorSystemDriverMismatch"));
    assertThat(CudaProbe.of(INITIALIZATION_ERROR, 0, 12060).detail())
        .isEqualTo("cudaErrorInitializationError");
  }

  @Test
  void versionsReadAsUsersWriteThem() {
    assertThat(CudaProbe.versionText(12060)).isEqualTo("12.6");
    assertThat(CudaProbe.versionText(13000)).isEqualTo("13.0");
    assertThat(CudaProbe.versionText(0)).isEqualTo("0.0");
  }

  @Test
  void thisMachineGivesAnAnswer() {
    CudaProbe here = CudaProbe.here();
    assertThat(here.devices() > 0).isEqualTo(here.state() == State.READY);
    assertThat(CudaProbe.here()).isSameAs(here);
  }
}
