package org.velella.backend.vector;

import java.util.LinkedHashMap;
import java.util.Map;
import org.codehaus.commons.compiler.CompileException;
import org.codehaus.janino.SimpleCompiler;

/** The generated classes of this JVM: one per variant, compiled once. Safe for several threads. */
final class NeuronClasses {
  private static final int KEPT = 256;

  private static final Calibration CALIBRATION = new Calibration();

  private static final Map<NeuronVariant, Compiled> CLASSES =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NeuronVariant, Compiled> eldest) {
          return size() > KEPT;
        }
      };

  private NeuronClasses() {}

  /**
   * A class, the blocks of scratch memory that its instances need, and the watch over all of them.
   */
  record Compiled(Class<? extends NeuronCode> type, int scratchValues, KernelPace pace) {
    NeuronCode instance(float[][] constants, float[][] memories) {
      try {
        NeuronCode code = type.getDeclaredConstructor().newInstance();
        code.bind(constants, memories, scratchValues);
        return code;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("A generated class cannot be instantiated", e);
      }
    }
  }

  /**
   * The class of a variant, primed if it is new.
   *
   * @param model the model's name, for messages
   * @throws IllegalStateException if the compiler refuses the generated source
   */
  static Compiled of(NeuronVariant variant, String model) {
    synchronized (CLASSES) {
      Compiled known = CLASSES.get(variant);
      if (known == null) {
        known = compile(variant, model);
        CLASSES.put(variant, known);
        Priming.neurons(known, variant);
      }
      return known;
    }
  }

  private static Compiled compile(NeuronVariant variant, String model) {
    int lanes = VectorUnit.here().lanes();
    NeuronSource.Text text = NeuronSource.write(variant, lanes);
    SimpleCompiler compiler = new SimpleCompiler();
    compiler.setParentClassLoader(NeuronCode.class.getClassLoader());
    String name = NeuronCode.class.getPackageName() + "." + NeuronSource.CLASS_NAME;
    NeuronParts parts = NeuronParts.of(variant);
    KernelPace pace =
        new KernelPace(
            "Neuron model '" + model + "'",
            (double) parts.cost() / lanes,
            parts.bytes(),
            CALIBRATION::nanosPerOperation,
            System::nanoTime);
    try {
      compiler.cook(text.source());
      Class<?> type = compiler.getClassLoader().loadClass(name);
      return new Compiled(type.asSubclass(NeuronCode.class), text.scratchValues(), pace);
    } catch (CompileException | ClassNotFoundException e) {
      throw new IllegalStateException(
          "The code of neuron model '" + model + "' does not compile: " + e.getMessage(), e);
    }
  }
}
