package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;
import org.velella.testkit.fixture.high.High;
import org.velella.testkit.fixture.low.LooksUp;
import org.velella.testkit.fixture.low.Low;
import org.velella.testkit.fixture.stray.Stray;

class RoomsTest {
  private static final String ROOT = "org.velella.testkit.fixture";

  private static final JavaClasses FIXTURES = HouseRules.besides(RoomsTest.class);

  private static Rooms twoRooms() {
    return new Rooms(ROOT).room("low").room("high", "low");
  }

  private static JavaClasses classes(Class<?>... types) {
    return FIXTURES.that(JavaClass.Predicates.belongToAnyOf(types));
  }

  @Test
  void arrowsDownAreFine() {
    twoRooms().rule().check(classes(Low.class, High.class));
  }

  @Test
  void arrowUpFailsAndIsNamed() {
    assertThatThrownBy(() -> twoRooms().rule().check(classes(Low.class, LooksUp.class, High.class)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Room 'low' may not use 'high'")
        .hasMessageContaining("LooksUp.above");
  }

  @Test
  void classOutsideEveryRoomFails() {
    assertThatThrownBy(() -> twoRooms().rule().check(classes(Low.class, Stray.class)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Stray lives in no declared room");
  }

  @Test
  void noClassesAtAllFail() {
    assertThatThrownBy(() -> twoRooms().rule().check(classes())).isInstanceOf(AssertionError.class);
  }

  @Test
  void cycleCannotBeDeclared() {
    assertThatThrownBy(() -> new Rooms(ROOT).room("low", "high"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Room 'low' may only use rooms declared before it, not 'high'");
    assertThatThrownBy(() -> new Rooms(ROOT).room("low").room("low"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void roomAboveReachesEverythingBelow() {
    Rooms rooms = twoRooms().roomAbove("top", "high");
    assertThat(rooms.arrows().get("top")).containsExactlyInAnyOrder("high", "low");
  }
}
