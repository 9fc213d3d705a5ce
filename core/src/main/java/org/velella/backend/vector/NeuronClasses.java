package org.velella.backend.vector;

import java.util.LinkedHashMap;
import java.util.Map;
import org.codehaus.commons.compiler.CompileException;
import org.codehaus.janino.SimpleCompiler;

/** The generated classes of this JVM: one per variant, compiled once. Safe for several threads. */
final class NeuronClasses {
  private static final int KEPT = 256;

  private static final Map<NeuronVariant, Kernel> CLASSES =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NeuronVariant, Kernel> eldest) {
          return size() > KEPT;
        }
      };

  private NeuronClasses() {}

  /**
   * A class and what its instances need.
   *
   * @param inputs of each neuron
   * @param scratchValues blocks of scratch memory
   * @param vectors that code which counts takes at once, so neurons come in groups of their lanes
   */
  record Compiled(Class<? extends NeuronCode> type, int inputs, int scratchValues, int vectors) {
    NeuronCode instance(float[][] constants, float[][] memories) {
      try {
        NeuronCode code = type.getDeclaredConstructor().newInstance();
        code.bind(constants, memories, inputs, scratchValues);
        return code;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("A generated class cannot be instantiated", e);
      }
    }
  }

  /**
   * A class, and the probe that says when it is compiled.
   *
   * @param name for messages
   * @param operations vector operations per neuron and step: those of a vector over its lanes
   * @param bytes read and written per neuron and step
   */
  record Kernel(String name, Compiled type, NeuronProbe probe, double operations, double bytes) {}

  /**
   * The kernel of a variant, primed if it is new.
   *
   * @param model the model's name, for messages
   * @throws IllegalStateException if the compiler refuses the generated source
   */
  static Kernel of(NeuronVariant variant, String model) {
    synchronized (CLASSES) {
      Kernel known = CLASSES.get(variant);
      if (known == null) {
        known = kernel(variant, model);
        CLASSES.put(variant, known);
        Priming.neurons(known.probe());
      }
      return known;
    }
  }

  /** Whether this JVM has the kernel of a variant. */
  static boolean knows(NeuronVariant variant) {
    synchronized (CLASSES) {
      return CLASSES.containsKey(variant);
    }
  }

  private static Kernel kernel(NeuronVariant variant, String model) {
    int lanes = VectorUnit.here().lanes();
    Compiled type = compile(variant, lanes, model);
    NeuronParts parts = NeuronParts.of(variant);
    double operations = (double) parts.cost() / lanes;
    String name = "Neuron model '" + model + "'";
    ProbeWork.Calls calls = ProbeWork.of(type, variant);
    NeuronProbe probe =
        new NeuronProbe(name, calls.run(), operations * calls.updates(), NeuronProbe.Clocks.HERE);
    return new Kernel(name, type, probe, operations, parts.bytes());
  }

  private static Compiled compile(NeuronVariant variant, int lanes, String model) {
    NeuronSource.Text text =
        variant.form() == NeuronVariant.Form.COUNTS
            ? CountSource.write(variant, lanes)
            : NeuronSource.write(variant, lanes);
    SimpleCompiler compiler = new SimpleCompiler();
    compiler.setParentClassLoader(NeuronCode.class.getClassLoader());
    String name = NeuronCode.class.getPackageName() + "." + NeuronSource.CLASS_NAME;
    try {
      compiler.cook(text.source());
      Class<?> type = compiler.getClassLoader().loadClass(name);
      return new Compiled(
          type.asSubclass(NeuronCode.class),
          variant.inputs(),
          text.scratchValues(),
          text.vectors());
    } catch (CompileException | ClassNotFoundException e) {
      throw new IllegalStateException(
          "The code of neuron model '" + model + "' does not compile: " + e.getMessage(), e);
    }
  }
}
