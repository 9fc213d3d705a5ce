package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How intervals are cut so that a task can end soon. */
class TimedPiecesTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aPieceTakesAboutASecondByWhatTheLastOneTook() {
    TimedPieces pieces = new TimedPieces(() -> false, 1);
    assertThat(pieces.end(1000, 100_000, 7)).isEqualTo(1000 + TimedPieces.FIRST_STEPS);
    // 10 rows took 4 seconds for 200 steps, which is 2 ms for a row and step.
    pieces.ran(200, 10, 4 * SECOND);
    assertThat(pieces.end(0, 100_000, 10)).isEqualTo(50);
    assertThat(pieces.end(300, 100_000, 5)).isEqualTo(400);
    pieces.ran(50, 10, SECOND);
    assertThat(pieces.end(50, 100_000, 10)).isEqualTo(100);
  }

  /** Steps of a JVM that has just begun are slow. */
  @Test
  void piecesGrowByNoMoreThanAFactor() {
    TimedPieces pieces = new TimedPieces(() -> false, 1);
    pieces.ran(100, 1, 1000);
    assertThat(pieces.end(0, 100_000, 1)).isEqualTo(800);
  }

  /** Else they would become shorter and shorter, and nothing but overhead. */
  @Test
  void piecesThatCostSomethingByThemselvesAreLonger() {
    double each = 1e-3;
    for (double fixed : new double[] {0, 0.05, 0.3, 0.6, 2, 4, 6, 7, 7.9, 20}) {
      TimedPieces pieces = new TimedPieces(() -> false, 1);
      long step = 0;
      double took = 0;
      long last = 0;
      for (int piece = 0; piece < 20; piece++) {
        long end = pieces.end(step, Long.MAX_VALUE, 1);
        last = end - step;
        took = fixed + last * each;
        pieces.ran(last, 1, (long) (took * SECOND));
        step = end;
      }
      double overhead = fixed / took;
      if (fixed < 0.7) {
        assertThat(overhead).as("%s s each", fixed).isLessThan(0.11);
        assertThat(took).as("%s s each", fixed).isBetween(0.99, 8.01);
      } else {
        assertThat(overhead).as("%s s each", fixed).isLessThan(0.26);
      }
    }
  }

  @Test
  void theLastPieceTakesALittleRestAlong() {
    TimedPieces pieces = new TimedPieces(() -> false, 1);
    pieces.ran(100, 1, SECOND);
    assertThat(pieces.end(0, 150, 1)).isEqualTo(150);
    assertThat(pieces.end(0, 151, 1)).isEqualTo(100);
  }

  /** Of a step that takes more than a second, too. */
  @Test
  void piecesAreMultiplesOfWhatTheNetworkTakesAtATime() {
    TimedPieces pieces = new TimedPieces(() -> false, 24);
    assertThat(pieces.end(0, 10_000, 1)).isEqualTo(24);
    pieces.ran(24, 1, 100 * SECOND);
    assertThat(pieces.end(240, 10_000, 1)).isEqualTo(264);
    assertThat(pieces.end(240, 264, 1)).isEqualTo(264);
  }

  @Test
  void whoSavesNothingOnTheWayIsNotCut() {
    assertThat(Pieces.NONE.end(0, Long.MAX_VALUE, 1000)).isEqualTo(Long.MAX_VALUE);
    assertThat(Pieces.NONE.areToEnd()).isFalse();
  }
}
