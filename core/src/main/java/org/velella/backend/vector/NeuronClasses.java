package org.velella.backend.vector;

import java.util.LinkedHashMap;
import java.util.Map;
import org.codehaus.commons.compiler.CompileException;
import org.codehaus.janino.SimpleCompiler;

/** The generated classes of this JVM: one per variant, compiled once. Safe for several threads. */
final class NeuronClasses {
  private static final int KEPT = 256;

  private static final Map<NeuronVariant, Compiled> CLASSES =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<NeuronVariant, Compiled> eldest) {
          return size() > KEPT;
        }
      };

  private NeuronClasses() {}

  /** A class and the scratch memory that its instances need. */
  record Compiled(Class<? extends NeuronCode> type, int scratchValues) {
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
   * The class of a variant.
   *
   * @throws IllegalStateException if the compiler refuses the generated source
   */
  static Compiled of(NeuronVariant variant) {
    synchronized (CLASSES) {
      return CLASSES.computeIfAbsent(variant, NeuronClasses::compile);
    }
  }

  private static Compiled compile(NeuronVariant variant) {
    NeuronSource.Text text = NeuronSource.write(variant, VectorUnit.here().lanes());
    SimpleCompiler compiler = new SimpleCompiler();
    compiler.setParentClassLoader(NeuronCode.class.getClassLoader());
    String name = NeuronCode.class.getPackageName() + "." + NeuronSource.CLASS_NAME;
    try {
      compiler.cook(text.source());
      Class<?> type = compiler.getClassLoader().loadClass(name);
      return new Compiled(type.asSubclass(NeuronCode.class), text.scratchValues());
    } catch (CompileException | ClassNotFoundException e) {
      throw new IllegalStateException(
          "The generated neuron code does not compile: " + e.getMessage(), e);
    }
  }
}
