package org.velella.backend.scalar;

import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.HeapProgram;
import org.velella.backend.Program;
import org.velella.plan.Plan;

/** The definition: plain loops in the written order, available everywhere. */
public final class ScalarBackend implements Backend {
  public static final String NAME = "scalar";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return Availability.yes("runs everywhere");
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Program compile(Plan plan) {
    return new HeapProgram(plan, new ScalarKernels());
  }
}
