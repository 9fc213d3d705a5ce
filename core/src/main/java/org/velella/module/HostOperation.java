package org.velella.module;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.velella.tensor.Shape;

/**
 * A user's module as a network node: its class and what its constructor needs, so that every
 * executor builds its own.
 *
 * <p>The class is a public subclass of {@link Module} with a public constructor that takes a {@code
 * Map<String, String>}, or without arguments if there are none. It takes and gives one FLOAT array.
 * Its memories are found by running one step of zeros: a tensor whose first axis is the batch
 * belongs to the samples, any other one is shared by all.
 *
 * @param className as {@link Class#getName()} gives it
 * @param arguments of the constructor, in byte order of their names
 */
public record HostOperation(String className, Map<String, String> arguments) implements Operation {
  public HostOperation {
    arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
  }

  /**
   * The operation that builds modules like this one.
   *
   * @throws ModuleException {@link ModuleError#HOST_CLASS} if the class cannot be built from its
   *     {@link Module#arguments()}
   */
  public static HostOperation of(Module instance) {
    HostOperation operation =
        new HostOperation(instance.getClass().getName(), instance.arguments());
    operation.constructor(instance.getClass());
    return operation;
  }

  /**
   * A new module. The class is looked for by the thread's context class loader, then by Velella's.
   *
   * @throws ModuleException {@link ModuleError#HOST_CLASS} if it cannot be built; the message says
   *     why
   */
  public Module instantiate() {
    Constructor<? extends Module> constructor = constructor(load());
    try {
      return constructor.getParameterCount() == 0
          ? constructor.newInstance()
          : constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw failure("its constructor failed with " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw failure("its constructor cannot be called: " + e, e);
    }
  }

  private Class<?> load() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(className, false, context);
    } catch (ClassNotFoundException | LinkageError inContext) {
      try {
        return Class.forName(className, false, HostOperation.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        e.addSuppressed(inContext);
        throw failure("it cannot be loaded (" + e + "); put its jar on the class path", e);
      }
    }
  }

  private Constructor<? extends Module> constructor(Class<?> type) {
    if (!Module.class.isAssignableFrom(type)) {
      throw failure("it is not a subclass of " + Module.class.getName(), null);
    }
    if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
      throw failure("it must be public and not abstract", null);
    }
    Class<? extends Module> module = type.asSubclass(Module.class);
    try {
      return module.getConstructor(Map.class);
    } catch (NoSuchMethodException takesNoMap) {
      return withoutArguments(module);
    }
  }

  private Constructor<? extends Module> withoutArguments(Class<? extends Module> module) {
    if (!arguments.isEmpty()) {
      throw failure(
          "it has no public constructor that takes a Map<String, String>, but there are arguments "
              + arguments.keySet(),
          null);
    }
    try {
      return module.getConstructor();
    } catch (NoSuchMethodException e) {
      throw failure(
          "it has neither a public constructor that takes a Map<String, String> nor one without"
              + " arguments",
          e);
    }
  }

  private ModuleException failure(String reason, Throwable cause) {
    return new ModuleException(
        ModuleError.HOST_CLASS, "Module class " + className + " cannot be used: " + reason, cause);
  }

  @Override
  public String kind() {
    return className;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModuleException {@link ModuleError#HOST_CLASS} if a step of zeros of this shape fails,
   *     or its output is not one FLOAT array {@code [N, *]}
   */
  @Override
  public Shape outputShape(Shape input) {
    return HostLayout.of(this, input).output();
  }

  /**
   * {@inheritDoc}
   *
   * @throws ModuleException {@link ModuleError#HOST_CLASS} as {@link #outputShape}, and if a memory
   *     is not one array of fixed shape and type, or samples start from different values
   */
  @Override
  public List<MemorySpec> memories(Shape input) {
    return HostLayout.of(this, input).memories();
  }
}
