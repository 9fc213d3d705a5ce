package org.velella.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.plan.Plan;

class BackendsTest {
  private record Fake(String name, int preference, Availability availability) implements Backend {
    @Override
    public Program compile(Plan plan) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Fake SLOW = new Fake("slow", 0, Availability.yes("runs everywhere"));
  private static final Fake FAST =
      new Fake("fast", 10, Availability.no("no device", "Plug one in."));

  private final Backends backends = Backends.of(List.of(SLOW, FAST));

  @Test
  void autoTakesThePreferredAvailableOneAndSaysWhyNotTheOthers() {
    Backends.Choice choice = backends.select("auto");
    assertThat(choice.backend()).isSameAs(SLOW);
    assertThat(choice.reason()).contains("fast: not used, no device").contains("using slow");
    assertThat(
            Backends.of(List.of(SLOW, new Fake("fast", 10, Availability.yes("here"))))
                .select("auto")
                .backend()
                .name())
        .isEqualTo("fast");
  }

  @Test
  void aNamedBackendNeverFallsBack() {
    assertThatThrownBy(() -> backends.select("fast"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage("Backend 'fast' is not available: no device. Plug one in.");
    assertThatThrownBy(() -> backends.check("fast")).hasMessageContaining("no device");
    backends.check("slow");
  }

  @Test
  void anUnknownNameIsRefusedWithThoseThatAre() {
    assertThatThrownBy(() -> backends.check("inductor"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("inductor")
        .hasMessageContaining("[fast, slow]")
        .extracting(e -> ((BackendUnavailableException) e).isKnown())
        .isEqualTo(false);
    assertThatThrownBy(() -> backends.named("cuda"))
        .hasMessageContaining("velella-gpu")
        .extracting(e -> ((BackendUnavailableException) e).isKnown())
        .isEqualTo(true);
  }

  @Test
  void theClassPathHoldsTheScalarBackend() {
    assertThat(Backends.load().available()).extracting(Backend::name).contains("scalar");
  }
}
