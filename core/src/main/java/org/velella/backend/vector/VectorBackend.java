package org.velella.backend.vector;

import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.BackendUnavailableException;
import org.velella.backend.HeapProgram;
import org.velella.backend.NoiseKernel;
import org.velella.backend.Program;
import org.velella.plan.Plan;

/**
 * The fast backend of every machine: the JDK's Vector API, and neurons as code generated from their
 * equations. It needs the module {@code jdk.incubator.vector}, which Spark 4 adds by itself.
 */
public final class VectorBackend implements Backend {
  public static final String NAME = "vector";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    VectorUnit unit = VectorUnit.here();
    return unit.present()
        ? Availability.yes(unit.description())
        : Availability.no(
            unit.description(), "Start Java with --add-modules=jdk.incubator.vector.");
  }

  @Override
  public int preference() {
    return 100;
  }

  @Override
  public Program compile(Plan plan) {
    Availability availability = availability();
    if (!availability.available()) {
      throw new BackendUnavailableException(NAME, availability);
    }
    return new HeapProgram(plan, new VectorKernels());
  }

  @Override
  public NoiseKernel inputNoise() {
    return availability().available() ? new VectorKernels().noise() : Backend.super.inputNoise();
  }
}
