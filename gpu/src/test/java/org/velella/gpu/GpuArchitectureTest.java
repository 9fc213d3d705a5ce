package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Path;
import jcuda.Pointer;
import org.junit.jupiter.api.Test;
import org.velella.testkit.HouseRules;
import org.velella.testkit.Rooms;
import org.velella.testkit.SourceTree;

class GpuArchitectureTest {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final JavaClasses GPU = HouseRules.besides(CudaBackend.class);

  /** Breaks a rule on purpose: it stands outside the driver room. */
  static final class HoldsPointer {
    Pointer pointer;
  }

  @Test
  void roomsUseOnlyRoomsBelowThem() {
    Rooms.VELELLA.rule().check(GPU);
  }

  @Test
  void houseRulesHold() {
    HouseRules.everywhere().check(GPU);
    HouseRules.noBooleanParameters().check(GPU);
  }

  @Test
  void jcudaOutsideTheDriverRoomIsCaught() {
    JavaClasses tests = HouseRules.besides(GpuArchitectureTest.class);
    assertThatThrownBy(() -> HouseRules.everywhere().check(tests))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("HoldsPointer.pointer");
  }

  @Test
  void everyRoomHasItsMap() {
    assertThat(SourceTree.packageFaults(SOURCES)).isEmpty();
  }

  @Test
  void everyFileIsShortAndDone() {
    assertThat(SourceTree.fileFaults(SOURCES)).isEmpty();
  }
}
