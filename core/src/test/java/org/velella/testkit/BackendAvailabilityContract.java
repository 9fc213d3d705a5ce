package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.Backends;
import org.velella.plan.Plan;

/** What every backend owes its users before it runs anything, on any machine. */
public abstract class BackendAvailabilityContract {
  /** A fresh one, as the service loader makes it. */
  protected abstract Backend backend();

  @Test
  protected void nameIsOneLowerCaseWord() {
    assertThat(backend().name()).matches("[a-z]+").isNotEqualTo(Backends.AUTO);
  }

  @Test
  protected void availabilityNeverThrowsAndGivesItsReason() {
    Availability answer = backend().availability();
    assertThat(answer.reason()).isNotBlank().doesNotEndWith(".").doesNotContain("\n");
    if (answer.available()) {
      assertThat(answer.remedy()).isEmpty();
    } else {
      assertThat(answer.remedy()).matches("[A-Z].*\\.");
    }
  }

  @Test
  protected void availabilityDoesNotChangeByAsking() {
    assertThat(backend().availability()).isEqualTo(backend().availability());
  }

  @Test
  protected void serviceLoaderFindsIt() {
    assertThat(Backends.load().named(backend().name())).hasSameClassAs(backend());
  }

  @Test
  protected void unavailableBackendRefusesToCompileAndSaysWhy() {
    Backend backend = backend();
    Availability answer = backend.availability();
    assumeFalse(answer.available(), "The backend runs here");
    assertThatThrownBy(() -> backend.compile(emptyPlan()))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("'" + backend.name() + "'")
        .hasMessageContaining(answer.reason())
        .hasMessageContaining(answer.remedy());
  }

  private static Plan emptyPlan() {
    return new Plan(
        1, List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), Map.of(), Map.of(),
        Set.of());
  }
}
