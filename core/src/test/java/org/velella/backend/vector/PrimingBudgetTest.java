package org.velella.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrimingBudgetTest {
  private static final long TOTAL = 1500;
  private static final long LEAST = 100;

  private long now = 7_000_000;

  /** Work that takes what it may, a part of it, or a little more, as a last call does. */
  @Test
  void nothingBeginsOnceTheBudgetIsUsed() {
    PrimingBudget budget = new PrimingBudget(TOTAL, () -> now);
    long begun = now;
    List<Long> told = new ArrayList<>();
    for (long over : new long[] {0, -150, 30, 0, 20, 0, 0}) {
      budget.spend(
          LEAST,
          400,
          nanos -> {
            told.add(nanos);
            now += nanos + over;
          });
    }
    // 400, 250, 430, 400 of 1500 leave 20, which is too little.
    assertThat(told).containsExactly(400L, 400L, 400L, 400L);
    assertThat(budget.left()).isEqualTo(20);
    assertThat(now - begun).isEqualTo(1480);
  }

  @Test
  void theLastIsToldWhatIsLeft() {
    PrimingBudget budget = new PrimingBudget(TOTAL, () -> now);
    List<Long> told = new ArrayList<>();
    for (int work = 0; work < 9; work++) {
      budget.spend(
          1,
          400,
          nanos -> {
            told.add(nanos);
            now += nanos + 3;
          });
    }
    assertThat(told).containsExactly(400L, 400L, 400L, 291L);
    assertThat(budget.left()).isEqualTo(-3);
  }

  /** Calls of 7 ns for 100: the fifteenth begins at 98. */
  @Test
  void noCallBeginsAtTheEndOrLater() {
    long begun = now;
    List<Long> calls = new ArrayList<>();
    PrimingBudget.repeat(
        () -> now,
        begun + 100,
        800,
        call -> {
          calls.add(now - begun);
          now += 7;
        });
    assertThat(calls).hasSize(15).last().isEqualTo(98L);
    long again = now;
    PrimingBudget.repeat(() -> now, again, 800, call -> calls.add(-1L));
    PrimingBudget.repeat(() -> now, again + 1, 3, call -> calls.add((long) call));
    assertThat(calls.subList(15, calls.size())).containsExactly(0L, 1L, 2L);
  }

  /** Several kinds of calls of 3 ms each, all of which draw on 300 ms. */
  @Test
  void whatIsLeftBoundsTheCallsOfAllKinds() {
    long milli = 1_000_000;
    PrimingBudget budget = new PrimingBudget(300 * milli, () -> now);
    long begun = now;
    List<Long> calls = new ArrayList<>();
    for (int kind = 0; kind < 5; kind++) {
      budget.spend(
          100 * milli,
          Long.MAX_VALUE,
          nanos ->
              PrimingBudget.repeat(
                  () -> now,
                  now + Math.min(nanos, 160 * milli),
                  800,
                  call -> {
                    calls.add(now - begun);
                    now += 3 * milli;
                  }));
    }
    assertThat(calls).last().matches(last -> last < 300 * milli);
    // 54 calls for the first 160 ms, which take 162, and 46 for what is left.
    assertThat(calls).hasSize(54 + 46);
  }
}
