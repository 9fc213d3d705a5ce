package org.velella.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.velella.tensor.Shape;
import org.velella.testkit.HouseRules;
import org.velella.testkit.Rooms;
import org.velella.testkit.SourceTree;

class CoreArchitectureTest {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final JavaClasses CORE = HouseRules.besides(Shape.class);

  @Test
  void roomsUseOnlyRoomsBelowThem() {
    Rooms.VELELLA.rule().check(CORE);
  }

  @Test
  void houseRulesHold() {
    HouseRules.everywhere().check(CORE);
  }

  @Test
  void choicesAreNotBooleans() {
    HouseRules.noBooleanParameters().check(CORE);
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
