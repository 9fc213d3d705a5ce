package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineFloatsTest {
  /** Of 16 numbers a line; four places of the first are the header's. */
  @Test
  void roomBeginsWithALine() {
    for (int length : new int[] {1, 16, 17, 100_000, 1 << 18, 1 << 20}) {
      LineFloats room = LineFloats.of(length);
      assertThat((room.from + 4) % 16).as("length %d", length).isZero();
      assertThat(room.from + length).isLessThanOrEqualTo(room.array.length);
    }
  }

  @Test
  void piecesAreZeroAndShareNoLine() {
    List<LineFloats> pieces = new ArrayList<>();
    int length = 200_001;
    for (int i = 0; i < 12; i++) {
      LineFloats room = LineFloats.of(length);
      for (int at = room.from; at < room.from + length; at++) {
        if (room.array[at] != 0) {
          throw new AssertionError("piece " + i + " holds " + room.array[at]);
        }
        room.array[at] = 1;
      }
      for (LineFloats other : pieces) {
        if (other.array == room.array) {
          assertThat(Math.abs(other.from - room.from)).isGreaterThanOrEqualTo(length + 15);
        }
      }
      pieces.add(room);
    }
    assertThat(pieces.stream().map(piece -> piece.array).distinct().count()).isLessThan(6);
  }

  @Test
  void longRoomHasAnArrayOfItsOwn() {
    // More than half of the longest region, 32 MiB.
    LineFloats one = LineFloats.of((1 << 22) + 1);
    LineFloats other = LineFloats.of((1 << 22) + 1);
    assertThat(one.array).isNotSameAs(other.array);
  }
}
