package org.velella.gpu.testkit;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Puts the fake driver in place before a test class asks for a device. */
final class DeviceCondition implements ExecutionCondition {
  private static final boolean REAL = "real".equals(System.getProperty("velella.device"));

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (REAL) {
      return context.getTags().contains("fake-device")
          ? disabled("Disturbs the driver")
          : enabled("On the machine's own device");
    }
    String obstacle = FakeCuda.obstacle();
    if (!obstacle.isEmpty()) {
      return disabled(obstacle);
    }
    FakeCuda.load();
    return enabled("On the fake driver");
  }
}
