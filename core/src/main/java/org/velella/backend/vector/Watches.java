package org.velella.backend.vector;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.velella.backend.HeapKernels;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.StatelessOp;

/**
 * The watches over kernels: one pace for each form, since all layers of a form share their code,
 * one for each generated class, and the plain kernels that take over where a form proves slow. Safe
 * for several threads.
 */
final class Watches {
  /** Calls are timed once so many vector operations have run since the last one that was. */
  private static final double PAUSE_OPERATIONS = 1 << 20;

  /** What all kernels of this JVM take. */
  static final Watches HERE =
      new Watches(
          Calibration::nanosPerOperationHere,
          System::nanoTime,
          processorTime(),
          PAUSE_OPERATIONS,
          new ScalarKernels(),
          NeuronClasses.Kernel::probe);

  private final DoubleSupplier nanosPerOperation;
  private final LongSupplier clock;
  private final LongSupplier spent;
  private final double pause;
  private final HeapKernels plain;
  private final Function<NeuronClasses.Kernel, NeuronProbe> probes;
  private final Map<KernelForm, KernelPace> paces = new EnumMap<>(KernelForm.class);

  /** As long as the class is there. */
  private final Map<Class<?>, KernelPace> generated =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Watches with clocks of their own.
   *
   * @param nanosPerOperation measures what a vector operation takes now
   * @param clock in nanoseconds
   * @param spent what calls are timed with: the nanoseconds that a thread has spent
   * @param pause how many vector operations run between two calls that are timed
   * @param plain makes the kernels that take over
   * @param probes what says whether generated code is compiled
   */
  Watches(
      DoubleSupplier nanosPerOperation,
      LongSupplier clock,
      LongSupplier spent,
      double pause,
      HeapKernels plain,
      Function<NeuronClasses.Kernel, NeuronProbe> probes) {
    this.nanosPerOperation = nanosPerOperation;
    this.clock = clock;
    this.spent = spent;
    this.pause = pause;
    this.plain = plain;
    this.probes = probes;
    for (KernelForm form : KernelForm.values()) {
      paces.put(form, pace(form.label()));
    }
  }

  /** The thread's processor time, which leaves out waiting for a core that others have. */
  static LongSupplier processorTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    boolean told = threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
    return told ? threads::getCurrentThreadCpuTime : System::nanoTime;
  }

  /** The pace of a form. */
  KernelPace pace(KernelForm form) {
    return paces.get(form);
  }

  /** The pace of generated code, which all populations of its kind share. */
  KernelPace pace(NeuronClasses.Kernel kernel) {
    return generated.computeIfAbsent(kernel.type().type(), code -> pace(kernel.name()));
  }

  /** The probe of generated code. */
  NeuronProbe probe(NeuronClasses.Kernel kernel) {
    return probes.apply(kernel);
  }

  private KernelPace pace(String name) {
    return new KernelPace(name, nanosPerOperation, clock);
  }

  /** A timer of one kernel's calls. */
  CallTimer timer() {
    return new CallTimer(spent, pause);
  }

  /** The plain form of a layer. */
  PlainLayer plain(StatelessOp op) {
    return new PlainLayer(op, plain);
  }

  /** What makes the plain kernels. */
  HeapKernels plain() {
    return plain;
  }
}
